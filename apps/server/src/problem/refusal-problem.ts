import { type Refusal } from '#custody';
import { Problem } from './problem.js';

export function refusalProblem({ code, detail, path }: Refusal): Problem {
  return new Problem(code, detail, path === undefined ? [] : [{ path, code, message: detail }]);
}
