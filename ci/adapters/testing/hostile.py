"""Texts that broke some generator, or could."""

#: Quotes, escapes, interpolation, white space, comments, Unicode, length.
HOSTILE = (
    *("it's", r"\d", "'''", '"""', "''", "'", "\\'", "\\", "\\\\", "$HOME ${HOME} $(id)", "`id`", "${{ x }} }}", "$"),
    *("$$", r"\u0041", r"\\u0041", r"\\\u0041", r"C:\users", "\\\n", "\\\\\n'", "end\\", "end'", "end''", "a''''b"),
    *("'''\n'''", "one\ntwo", "\n", "\n\n", "a\n\nb\n", "\na", "a\rb", "one\r\ntwo\r\n", "a\tb", "\ta\t\nb\t", " a "),
    *("  a\n    b\n c ", "a \nb", "%s %%", "%name%", "#1 #{x} ##", "# not a comment", "// nor this", "/* nor */ this"),
    *("*/", "é ☃ 𝄞", "\x85", "a\u2028b", "\ufeffa", "\u202eabc", "\x1b[31m", "\x01\x7f\x80", "\xa0"),
    *("- : ? ! & * | > @", "on", "yes", "3.10", "~", "--x", "-n", "#!/bin/sh", "#!/bin/false\necho", "}", "{ }"),
    *("); x", "<<EOF\n  a\nEOF", "##teamcity[x|n]", "{{x}}", "{{SECRET:x", "%(prop:x)s", "\U0010ffff"),
    *("x" * 10_000, "'" * 3_000, ("y" * 100 + "\n") * 100),
)
