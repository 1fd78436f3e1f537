"""What ``ci check jenkins`` runs. Jenkins' own validator needs a server: ``ci jenkins lint``."""

from ci.adapters.validators import program

#: Groovy's parser; what it accepts may still be no declarative pipeline.
_PARSE = "args.each { new GroovyShell().parse(new File(it)) }"

_PARSER = program("groovy", "-e", _PARSE, install="apt install groovy", files="Jenkinsfile", title="groovy (parser)")
VALIDATORS = (_PARSER,)
