import { NotAllowed } from './parsers.js';
import { type Variable, type VariableName, VARIABLES } from './variables.js';

type Parsed<V> = V extends { parse(text: string): infer T; fallback: infer F }
  ? T | (F extends null ? null : never)
  : never;

export type Values = { readonly [N in VariableName]: Parsed<(typeof VARIABLES)[N]> };

/** One line per variable, so that an operator mends them all before the next start. */
export type Faults = Map<VariableName, string>;

/** Reads every variable; a bad one is noted in `faults` and reads as its default, so that reading goes on. */
export function readVariables(env: NodeJS.ProcessEnv, faults: Faults): Values {
  const names = Object.keys(VARIABLES) as VariableName[];
  const values = names.map((name) => [name, readVariable(name, env[name], faults)] as const);
  return Object.fromEntries(values) as unknown as Values;
}

function readVariable(name: VariableName, given: string | undefined, faults: Faults): unknown {
  const variable: Variable<unknown> = VARIABLES[name];
  const fallback = () => (variable.fallback === null ? null : variable.parse(variable.fallback));
  if (given === undefined || given.trim() === '') return fallback();
  try {
    return variable.parse(variable.secret ? given : given.trim());
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error;
    faults.set(name, `${describe(given, variable.secret)}; allowed: ${error.allowed}`);
    return fallback();
  }
}

function describe(given: string, secret: boolean): string {
  if (secret) return 'the value given (not shown) is not allowed';
  const text = withoutPassword(given);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `${JSON.stringify(shown)} is not allowed`;
}

/** What stands before an `@` may be a password, of a URL in a place where none belongs. */
function withoutPassword(given: string): string {
  return given.replace(/\S*@/g, '[redacted]@');
}
