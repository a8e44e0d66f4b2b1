import ts from 'typescript';

/** Operators, and what each becomes. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'], '===': ['!=='], '!==': ['==='], '&&': ['||'], '||': ['&&'],
  '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['*'], '+=': ['-='], '-=': ['+='],
}; // prettier-ignore

/** Methods, and the one that each becomes; '' takes the call away. */
const METHODS: Readonly<Record<string, string>> = {
  some: 'every', every: 'some', min: 'max', max: 'min', filter: '', sort: '', toSorted: '', reverse: '', toReversed: '', slice: '', trim: '',
  startsWith: 'endsWith', endsWith: 'startsWith', push: 'unshift', floor: 'ceil', ceil: 'floor',
}; // prettier-ignore

/** Parts of SQL, and what each becomes. */
const SQL: readonly (readonly [RegExp, string])[] = [
  [/ < /g, ' <= '], [/ <= /g, ' < '], [/ > /g, ' >= '], [/ >= /g, ' > '], [/ = /g, ' <> '], [/ <> /g, ' = '], [/ and /g, ' or '], [/ or /g, ' and '],
  [/ desc\b/g, ''], [/ is null/g, ' is not null'], [/ is not null/g, ' is null'], [/ not exists /g, ' exists '], [/ limit \?/g, ' limit ? + 1'], [/ \+ 1\b/g, ''],
]; // prettier-ignore
const IS_SQL = /\b(select|update|insert|delete|from|where|and|or|order by|exists|is null) |[a-z_]+ (=|<|>|<=|>=|<>) /;

/** All texts that an expression is replaced by, one at a time. The text of an error is no behaviour. */
export function replacementsOf(node: ts.Expression, text: (node: ts.Node) => string): string[] {
  if (splitsChain(node)) return [];
  return [...ofCondition(node), ...ofNode(node, text)].filter((each) => each !== text(node));
}

function ofCondition(node: ts.Expression): string[] {
  const { parent } = node;
  if ((ts.isIfStatement(parent) && parent.expression === node) || (ts.isConditionalExpression(parent) && parent.condition === node)) return ['true', 'false'];
  if ((ts.isWhileStatement(parent) && parent.expression === node) || (ts.isForStatement(parent) && parent.condition === node)) return ['false'];
  return [];
}

function ofNode(node: ts.Expression, text: (node: ts.Node) => string): string[] {
  if (ts.isBinaryExpression(node)) return ofBinary(node, text);
  if (ts.isPrefixUnaryExpression(node)) return ofUnary(node, text);
  if (ts.isCallExpression(node)) return ofCall(node, text);
  if (ts.isNumericLiteral(node)) return [String(Number(node.text.replaceAll('_', '')) + 1)];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ['false'];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ['true'];
  if (ts.isArrayLiteralExpression(node)) return node.elements.length > 0 ? ['[]'] : [];
  if (ts.isObjectLiteralExpression(node)) return withoutEach(node, text);
  return ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node) ? ofText(node, text) : [];
}

function ofBinary({ left, right, operatorToken }: ts.BinaryExpression, text: (node: ts.Node) => string): string[] {
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return [text(left), text(right)];
  return (OPERATORS[text(operatorToken)] ?? []).map((operator) => `${text(left)} ${operator} ${text(right)}`);
}

function ofUnary({ operator, operand }: ts.PrefixUnaryExpression, text: (node: ts.Node) => string): string[] {
  if (operator === ts.SyntaxKind.ExclamationToken || operator === ts.SyntaxKind.MinusToken) return [text(operand)];
  if (operator === ts.SyntaxKind.PlusPlusToken) return [`--${text(operand)}`];
  return operator === ts.SyntaxKind.MinusMinusToken ? [`++${text(operand)}`] : [];
}

function ofCall({ expression, arguments: given }: ts.CallExpression, text: (node: ts.Node) => string): string[] {
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const other = Object.hasOwn(METHODS, expression.name.text) ? METHODS[expression.name.text] : undefined;
  if (other === undefined) return [];
  const on = text(expression.expression);
  return [other === '' ? on : `${on}${expression.questionDotToken ? '?.' : '.'}${other}(${given.map(text).join(', ')})`];
}

function withoutEach({ properties }: ts.ObjectLiteralExpression, text: (node: ts.Node) => string): string[] {
  return properties.map((left) => `{ ${properties.filter((each) => each !== left).map(text).join(', ')} }`); // prettier-ignore
}

function ofText(node: ts.LiteralExpression | ts.TemplateExpression, text: (node: ts.Node) => string): string[] {
  const whole = text(node);
  if (node.getSourceFile().fileName.includes('typeorm') && IS_SQL.test(whole)) return ofSql(whole);
  const compared = ts.isBinaryExpression(node.parent) && /^[!=]==$/.test(text(node.parent.operatorToken)); // the operator is changed there
  return compared || whole.length <= 2 ? [] : ["''"];
}

function ofSql(whole: string): string[] {
  return SQL.flatMap(([part, other]) =>
    [...whole.matchAll(part)]
      .filter(({ index }) => !insideOfCode(whole, index))
      .map((match) => whole.slice(0, match.index) + other + whole.slice(match.index + match[0].length)),
  );
}

/** True if the place is between `${` and `}`. */
function insideOfCode(text: string, at: number): boolean {
  return text.lastIndexOf('${', at) > text.lastIndexOf('}', at);
}

/** In `a?.b().c`, brackets around `a?.b()` would end what the question mark leaves out. */
function splitsChain(node: ts.Expression): boolean {
  const { parent } = node;
  const goesOn = ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent) || ts.isCallExpression(parent);
  return (node.flags & ts.NodeFlags.OptionalChain) !== 0 && goesOn && parent.expression === node;
}
