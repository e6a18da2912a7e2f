"""Text in, safe HTML out.

Nothing in this package imports Django: what can be made to hang or to eat memory (lexers, difflib, the language model)
runs in child processes that :mod:`pastes.rendering.pool` starts, watches and kills, and those must start quickly and
stay small.

=============== ====================================================================================
``text``        bytes ↔ text, without loss
``parts``       lines, and cutting a long text into parts that a page loads as they are needed
``visible``     escaping, and making characters visible that a reader would not see
``languages``   Pygments' list of languages, and those of this site
``detect``      which language a file is written in; ``filenames`` is what its name says
``highlight``   lines of highlighted HTML; ``lexing`` is its half in the child
``terminal``    what programs write to a terminal, its colours and overwritten lines
``logs``        errors, warnings and what can be folded in logs
``markdown``    comments as HTML
``documents``   files of Markdown as HTML
``tables``      comma-separated values as rows of a table
``diff``        two texts compared, and patches; ``comparing`` is its half in the child, ``difftable`` makes its tables
``card``        lines as a picture; ``drawing`` is its half in the child
``qr``          an address as a QR code
``pool``        the children, their deadlines and their end
=============== ====================================================================================
"""
