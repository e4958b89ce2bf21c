import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  NotFoundException,
} from '@nestjs/common';
import { currentRequestId } from '@app/platform/request-context';
import { type Request, type Response } from 'express';
import { allowedMethods } from './allowed-methods.js';
import { type Answer, answerOfProblem, problemBody } from './answer.js';
import { answerOfHttpException } from './http-failure.js';
import { problemOfPostgres } from './postgres-failure.js';
import { ProblemError } from './problem-error.js';

const INTERNAL: Answer = {
  status: 500,
  code: 'internal_error',
  detail: 'Something went wrong on our side. The request id finds it in our logs.',
  errors: [],
  headers: {},
};

/** Turns whatever was thrown into `application/problem+json` (RFC 9457). A stack trace goes to the log, never out. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const answer = answerTo(exception, request);
    this.log(exception, answer, request, requestIdOf(response));
    if (response.headersSent) {
      response.destroy();
      return;
    }
    send(response, answer, request);
  }

  private log(exception: unknown, answer: Answer, request: Request, requestId: string | null): void {
    const line = `${request.method} ${request.path} failed: ${exception instanceof Error ? exception.message : String(exception)}`;
    if (answer.status === 503) this.logger.warn(line, { requestId });
    else if (answer.status >= 500)
      this.logger.error(line, exception instanceof Error ? exception.stack : undefined, { requestId });
  }
}

function answerTo(exception: unknown, request: Request): Answer {
  if (exception instanceof ProblemError) return answerOfProblem(exception);
  if (exception instanceof NotFoundException) return answerToUnknownRoute(exception, request);
  if (exception instanceof HttpException) return answerOfHttpException(exception);
  const problem = problemOfPostgres(exception);
  return problem === null ? INTERNAL : answerOfProblem(problem);
}

/** Express knows no 405: a path that exists with another method ends like one that does not exist. */
function answerToUnknownRoute(exception: NotFoundException, request: Request): Answer {
  const methods = allowedMethods(request);
  if (methods.length === 0 || methods.includes(request.method)) return answerOfHttpException(exception);
  const detail = `${request.method} is not allowed here; allowed: ${methods.join(', ')}.`;
  return {
    status: 405,
    code: 'method_not_allowed',
    detail,
    errors: [],
    headers: { Allow: methods.join(', ') },
  };
}

/** Probes are answered outside of a request's context; their id is on the answer all the same. */
function requestIdOf(response: Response): string | null {
  return currentRequestId() ?? response.get('X-Request-Id') ?? null;
}

function send(response: Response, answer: Answer, request: Request): void {
  const body = problemBody(answer, request.path, requestIdOf(response));
  response
    .status(answer.status)
    .set(answer.headers)
    .type('application/problem+json')
    .send(JSON.stringify(body));
}
