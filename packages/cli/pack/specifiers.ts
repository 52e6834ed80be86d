import { parseAst } from 'vite';

/** A string in a module that names another file: in an import, an export, or `new URL('…', import.meta.url)`. */
export interface Specifier {
  text: string;
  /** Where the string stands, its quotes included. */
  start: number;
  end: number;
}

interface Node {
  type: string;
  [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** All of them, in a module without types, in order. One that is computed is none: it is found by who runs the code. */
export function specifiersOf(code: string): Specifier[] {
  return below(parseAst(code)).sort((a, b) => a.start - b.start);
}

function below(value: unknown): Specifier[] {
  if (Array.isArray(value)) return value.flatMap(below);
  if (!isNode(value)) return [];
  const named = namedBy(value);
  const isText = isNode(named) && named.type === 'Literal' && typeof named.value === 'string';
  const own = isText ? [{ text: named.value, start: named.start, end: named.end } as Specifier] : [];
  return [...own, ...Object.values(value).flatMap(below)];
}

/** The expression by which a node names a file. */
function namedBy(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node.source;
    case 'NewExpression': {
      const [named, base] = node.arguments as [Node?, Node?];
      const isUrl = isNode(node.callee) && node.callee.name === 'URL';
      const isOwn =
        base?.type === 'MemberExpression' && isNode(base.object) && base.object.type === 'MetaProperty';
      return isUrl && isOwn ? named : null;
    }
    default:
      return null;
  }
}
