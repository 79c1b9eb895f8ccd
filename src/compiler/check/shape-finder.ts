import type { Class, Expression, Node, TSType } from 'oxc-parser';
import { instanceOf, shapeOfClass } from './class-shape.js';
import { doorShape, isDoor } from './doors.js';
import { shapeOfExpression } from './expression-shape.js';
import type { FileFacts } from './file-facts.js';
import { shapeOfFunction } from './function-shape.js';
import { NAMESPACE, type Binding, type Declaration } from './lexical-scope.js';
import { memberOf, type Shape, type Shapes, type Space } from './shape.js';
import type { PatternPlace } from '../pattern.js';
import { isFunction, type FunctionNode } from '../syntax.js';
import { ofInterface, shapeOfType } from './type-shape.js';

/** Finds the file that an import means, among those that are looked at; null if it is none of them. */
export type FindModule = (source: string, from: string) => FileFacts | null;

/**
 * Answers questions about many files, each only once. The answer to a question that depends on itself, or on too many others in a
 * row, is null.
 */
export class ShapeFinder implements Shapes {
  private readonly findModule: FindModule;
  private readonly known: Map<unknown, Shape> = new Map();
  /** How many questions are being answered for the sake of each other. */
  private depth = 0;

  constructor(findModule: FindModule) {
    this.findModule = findModule;
  }

  ofExpression(expression: Expression, facts: FileFacts): Shape {
    return this.once(expression, () => shapeOfExpression(expression, facts, this));
  }

  ofType(type: TSType, facts: FileFacts): Shape {
    return this.once(type, () => shapeOfType(type, facts, this));
  }

  ofFunction(node: FunctionNode, facts: FileFacts): Shape {
    return this.once(node.params, () => shapeOfFunction(node, facts, this));
  }

  ofClass(node: Class, facts: FileFacts): Shape {
    return this.once(node.body, () => shapeOfClass(node, facts, this));
  }

  ofBinding(binding: Binding | undefined, facts: FileFacts, space: Space): Shape {
    const declaration = binding?.[space];
    if (declaration && 'place' in declaration && declaration.place.annotation === null && binding!.writes > 0)
      return null;
    return declaration ? this.ofDeclaration(declaration, facts, space) : null;
  }

  ofImport(source: string, name: string | typeof NAMESPACE, facts: FileFacts, space: Space): Shape {
    if (isDoor(source)) return doorShape(source, name, space);
    const module = this.findModule(source, facts.file);
    return module === null ? null : this.ofExport(module, name, space);
  }

  ofExport(module: FileFacts, name: string | typeof NAMESPACE, space: Space): Shape {
    if (name === NAMESPACE) return { kind: 'object', member: (one) => this.ofExport(module, one, space) };
    const found = module.exports.named.get(name);
    switch (found?.kind) {
      case 'local':
        return this.ofBinding(module.scope.find(found.name) ?? undefined, module, space);
      case 'from':
        return this.ofImport(found.source, found.name, module, space);
      case 'default':
        return this.ofDefault(found.declaration, module, space);
      default:
        // `export * from` leaves the default export out.
        if (name === 'default') return null;
        return this.once(`${module.file}\0${space}\0${name}`, () => {
          for (const source of module.exports.everythingOf) {
            const shape = this.ofImport(source, name, module, space);
            if (shape !== null) return shape;
          }
          return null;
        });
    }
  }

  private ofDeclaration(declaration: Declaration, facts: FileFacts, space: Space): Shape {
    switch (declaration.kind) {
      case 'import':
        return this.ofImport(declaration.source, declaration.name, facts, space);
      case 'function':
        return this.ofFunction(declaration.node, facts);
      case 'class': {
        const shape = this.ofClass(declaration.node, facts);
        return space === 'value' ? shape : instanceOf(shape);
      }
      case 'interface':
        return this.once(declaration.node, () => ofInterface(declaration.node, facts, this));
      case 'alias':
        return this.ofType(declaration.node.typeAnnotation, facts);
      case 'variable':
        return this.at(declaration.place, facts, () =>
          declaration.init === null ? null : this.ofExpression(declaration.init, facts),
        );
      case 'parameter':
        return this.at(declaration.place, facts, () => this.ofGiven(declaration.of, declaration.index, facts));
      default:
        return null;
    }
  }

  private ofDefault(declaration: Node, facts: FileFacts, space: Space): Shape {
    if (isFunction(declaration)) return this.ofFunction(declaration, facts);
    switch (declaration.type) {
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.ofDeclaration({ kind: 'class', node: declaration }, facts, space);
      case 'TSInterfaceDeclaration':
        return this.ofDeclaration({ kind: 'interface', node: declaration }, facts, space);
      case 'Identifier':
        return this.ofBinding(facts.bindings.get(declaration), facts, space);
      default:
        return space === 'value' ? this.ofExpression(declaration as Expression, facts) : null;
    }
  }

  /** What a name in a pattern holds: a part of the pattern's declared type or, without one, of `whole`. */
  private at({ path, annotation }: PatternPlace, facts: FileFacts, whole: () => Shape): Shape {
    if (path === null) return null;
    return path.reduce(memberOf, annotation === null ? whole() : this.ofType(annotation, facts));
  }

  /** What a callback is given by the function that it is passed to: `server.serve(function* (connection) { … })`. */
  private ofGiven(node: FunctionNode, index: number, facts: FileFacts): Shape {
    const call = facts.callers.get(node);
    if (call === undefined) return null;
    const callee = this.ofExpression(call.callee, facts);
    if (callee?.kind !== 'function') return null;
    const expected = callee.parameter(call.arguments.indexOf(node as Expression));
    return expected?.kind === 'function' ? expected.parameter(index) : null;
  }

  private once(question: unknown, answer: () => Shape): Shape {
    const known = this.known.get(question);
    if (known !== undefined) return known;
    if (this.depth >= MOST_DEPTH) return null;
    this.known.set(question, null);
    this.depth++;
    const shape = answer();
    this.depth--;
    this.known.set(question, shape);
    return shape;
  }
}

/** A chain of two hundred calls. Much more would need more of the stack than linters leave. */
const MOST_DEPTH = 400;
