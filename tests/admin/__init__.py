"""/admin/: Olga operates the site, Mona helps her with pastes, Alice and Bob publish."""
