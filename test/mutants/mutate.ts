/** Compiles all mutants of a file in at once: `a < b` becomes `(__mutant(7) ? (a <= b) : (a < b))`. */
import ts from 'typescript';
import type { Mutant } from './mutant.js';
import { replacementsOf } from './replacements.js';

export interface MutatedFile {
  readonly code: string;
  readonly mutants: readonly Mutant[];
}

export function mutate(file: string, source: string, firstId: number): MutatedFile {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const rewriting = new Rewriting(file, tree, firstId);
  return { code: rewriting.render(tree), mutants: rewriting.mutants };
}

class Rewriting {
  readonly mutants: Mutant[] = [];
  private readonly alike = new Map<string, number>();

  constructor(
    private readonly file: string,
    private readonly tree: ts.SourceFile,
    private readonly firstId: number,
  ) {}

  /** The text of a node in which every mutant can be switched on. */
  render(node: ts.Node): string {
    if (isLeftAlone(node)) return this.text(node);
    if (ts.isExpressionStatement(node)) return this.statement(node);
    if (!ts.isExpression(node) || !isValue(node)) return this.withParts(node);
    const replacements = replacementsOf(node, (each) => this.text(each));
    const switched = replacements.map((text) => `__mutant(${this.add(node, this.shown(node, text))}) ? (${text}) : `).join('');
    return switched === '' ? this.withParts(node) : `(${switched}(${this.withParts(node)}))`;
  }

  private statement(node: ts.ExpressionStatement): string {
    if (ts.isStringLiteral(node.expression) || this.text(node).startsWith('super(')) return this.withParts(node);
    const id = this.add(node, `${oneLine(this.text(node))} → nothing`);
    return `{ if (__mutant(${id})) {} else ${this.withParts(node)} }`;
  }

  private withParts(node: ts.Node): string {
    let text = '';
    let at = ts.isSourceFile(node) ? 0 : node.getStart(this.tree);
    ts.forEachChild(node, (child) => {
      if (child.end === child.pos) return;
      const from = child.getStart(this.tree);
      text += this.tree.text.slice(at, from) + this.render(child);
      at = child.end;
    });
    return text + this.tree.text.slice(at, node.end);
  }

  private add(node: ts.Node, change: string): number {
    const within = functionAround(node);
    const kind = `${this.file} ${within}: ${change}`;
    const before = this.alike.get(kind) ?? 0;
    this.alike.set(kind, before + 1);
    const id = this.firstId + this.mutants.length;
    const line = this.tree.getLineAndCharacterOfPosition(node.getStart(this.tree)).line + 1;
    this.mutants.push({ id, file: this.file, line, within, change, identity: before === 0 ? kind : `${kind} (${before + 1})` });
    return id;
  }

  private shown(node: ts.Node, replacement: string): string {
    const around = ts.isLiteralExpression(node) || node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword ? node.parent : node;
    const place = around === node ? '' : ` in ${oneLine(this.text(around))}`;
    return `${oneLine(this.text(node))} → ${oneLine(replacement)}${place}`;
  }

  private text(node: ts.Node): string {
    return node.getText(this.tree);
  }
}

/** Types do nothing, decorators of columns belong to the schema, and what an error says is no behaviour. */
function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isDecorator(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)) return true;
  return ts.isNewExpression(node) && /(Error|Lost|Problem)$/.test(node.expression.getText());
}

/** False for what only names something, or is assigned to. */
function isValue(node: ts.Expression): boolean {
  const { parent } = node;
  if ('name' in parent && parent.name === node) return false;
  return !(ts.isBinaryExpression(parent) && parent.left === node && /^[^=!<>]?=$|^(\?\?|&&|\|\||\*\*)=$/.test(parent.operatorToken.getText()));
}

function functionAround(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if ((ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at) || ts.isAccessor(at)) && at.name) return at.name.getText();
    if (ts.isConstructorDeclaration(at)) return 'constructor';
    if ((ts.isVariableDeclaration(at) && ts.isSourceFile(at.parent.parent.parent)) || ts.isPropertyDeclaration(at)) return at.name.getText();
  }
  return 'the file';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
