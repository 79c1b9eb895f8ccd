import type { ModuleExportName, Program, Statement } from 'oxc-parser';
import { declarePattern } from '../pattern.js';
import { NAMESPACE, type LexicalScope } from './lexical-scope.js';

/** Where an exported name comes from. */
export type Export =
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'from'; readonly source: string; readonly name: string | typeof NAMESPACE }
  | { readonly kind: 'default'; readonly declaration: DefaultDeclaration };

type DefaultDeclaration = Extract<Statement, { type: 'ExportDefaultDeclaration' }>['declaration'];

export interface Exports {
  readonly named: ReadonlyMap<string, Export>;
  /** The modules of `export * from`. */
  readonly everythingOf: readonly string[];
}

/** Reads the export statements of a module. */
export function gatherExports({ body }: Program): Exports {
  const named = new Map<string, Export>();
  const everythingOf: string[] = [];
  const local = (name: string): unknown => named.set(name, { kind: 'local', name });
  for (const statement of body) {
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        named.set('default', { kind: 'default', declaration: statement.declaration });
        break;
      case 'ExportAllDeclaration':
        if (statement.exported === null) everythingOf.push(statement.source.value);
        else named.set(textOf(statement.exported), { kind: 'from', source: statement.source.value, name: NAMESPACE });
        break;
      case 'ExportNamedDeclaration': {
        const { declaration, source } = statement;
        for (const one of statement.specifiers) {
          const name = textOf(one.local);
          named.set(
            textOf(one.exported),
            source === null ? { kind: 'local', name } : { kind: 'from', source: source.value, name },
          );
        }
        if (declaration?.type === 'VariableDeclaration')
          for (const { id } of declaration.declarations) declarePattern(id, local);
        else if (declaration && 'id' in declaration && declaration.id?.type === 'Identifier')
          local(declaration.id.name);
      }
    }
  }
  return { named, everythingOf };
}

/** Declares the names that a module imports. */
export function declareImports({ body }: Program, scope: LexicalScope): void {
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue;
    for (const specifier of statement.specifiers) {
      const name =
        specifier.type === 'ImportSpecifier'
          ? textOf(specifier.imported)
          : specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : NAMESPACE;
      scope.declare(specifier.local.name, 'both', { kind: 'import', source: statement.source.value, name });
    }
  }
}

function textOf(name: ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name;
}
