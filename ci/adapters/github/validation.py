"""What ``ci check github`` runs."""

from ci.adapters.github import language_server
from ci.adapters.validators import Validator, program

_SCHEMAS = {"github-workflows": ".github/workflows/*.y*ml", "dependabot": ".github/dependabot.yml"}

_INSTALL = "pip install check-jsonschema"

VALIDATORS = (
    program("jactionlint", install="pip install jactionlint", files=".github/workflows/*.y*ml"),
    program("zizmor", "--offline", "--pedantic", "--quiet", ".", install="pip install zizmor"),
    *(
        program("check-jsonschema", "--builtin-schema", f"vendor.{schema}", install=_INSTALL, files=files)
        for schema, files in _SCHEMAS.items()
    ),
    Validator(language_server.PROGRAM, language_server.check, language_server.missing),
)
