"""What plain readers who are signed in get before Django begins."""
