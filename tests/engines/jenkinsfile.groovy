// Reads Jenkinsfiles with Groovy's own parser. Nothing of them is executed, and no class is loaded from them.
// Each line of standard input is a JSON string, the text of a file; each line of standard output the answer to one:
//   {"error": null or the parser's message, "nodes": [node]}
//   node  = {"name", "line", "args": [value], "named": {name: value}, "body": [node] or null}
//           an assignment is "=", try and finally are "try" with both as nodes, what else there is has the name "?"
//   value = {"kind": "text" | "number" | "truth" | "null" | "name" | "call" | "source", "value"}
//           only "text" is a plain literal; "source" is an expression in words
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.*

def value(expression) {
    switch (expression) {
        case ConstantExpression:
            def constant = expression.value
            def kind = constant == null ? 'null' : constant instanceof String ? 'text' : constant instanceof Boolean ? 'truth' : 'number'
            return [kind: kind, value: constant]
        case VariableExpression: return [kind: 'name', value: expression.name]
        case MethodCallExpression: return [kind: 'call', value: call(expression)]
        case TernaryExpression:
            return [kind: 'choice', value: [source(expression.booleanExpression), value(expression.trueExpression), value(expression.falseExpression)]]
        default: return [kind: 'source', value: source(expression)]
    }
}

def source(expression) {
    expression.text
}

def call(expression) {
    def given = expression.arguments instanceof TupleExpression ? expression.arguments.expressions : [expression.arguments]
    def closure = given.find { it instanceof ClosureExpression }
    def maps = given.findAll { it instanceof MapExpression }
    def named = maps*.mapEntryExpressions.flatten().collectEntries { [(it.keyExpression.text): value(it.valueExpression)] }
    def plain = given.findAll { !(it instanceof ClosureExpression) && !(it instanceof MapExpression) }
    [name: expression.implicitThis ? expression.methodAsString : '?', line: expression.lineNumber,
     args: plain.collect { value(it) }, named: named, body: closure == null ? null : nodes(closure.code)]
}

def node(statement) {
    if (statement instanceof TryCatchStatement) {
        def parts = ['body': statement.tryStatement, 'finally': statement.finallyStatement]
        return [name: 'try', line: statement.lineNumber, args: [], named: [:],
                body: parts.collect { name, code -> [name: name, line: code.lineNumber, args: [], named: [:], body: nodes(code)] }]
    }
    def expression = statement instanceof ExpressionStatement || statement instanceof ReturnStatement ? statement.expression : null
    if (expression instanceof MethodCallExpression) return call(expression)
    if (expression instanceof BinaryExpression && expression.operation.text == '=') {
        return [name: '=', line: expression.lineNumber, args: [value(expression.leftExpression), value(expression.rightExpression)],
                named: [:], body: null]
    }
    [name: '?', line: statement.lineNumber, args: expression == null ? [] : [value(expression)], named: [:], body: null]
}

def nodes(code) {
    statements(code).findAll { !(it instanceof EmptyStatement) }.collect { node(it) }
}

def statements(code) {
    code instanceof BlockStatement ? code.statements.collectMany { statements(it) } : [code]
}

def read(text) {
    try {
        def unit = new CompilationUnit()
        unit.addSource('Jenkinsfile', text)
        unit.compile(Phases.CONVERSION)
        [error: null, nodes: nodes(unit.AST.modules[0].statementBlock)]
    } catch (CompilationFailedException failed) {
        [error: failed.message, nodes: []]
    }
}

System.in.withReader('UTF-8') { input ->
    input.eachLine { line ->
        println JsonOutput.toJson(read(new JsonSlurper().parseText(line)))
        System.out.flush()
    }
}
