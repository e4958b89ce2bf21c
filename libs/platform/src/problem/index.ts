export { type Problem, problemBody } from './answer.js';
export { isJsonObject } from './json-object.js';
export { malformedBody, malformedJson } from './malformed-json.js';
export { pointerTo, shownKey } from './pointer.js';
export { type FieldError, ProblemError } from './problem-error.js';
export { ProblemFilter } from './problem.filter.js';
export { createValidationPipe, validationProblem } from './validation-pipe.js';
