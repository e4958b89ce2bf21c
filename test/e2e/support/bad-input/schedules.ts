import { asked, nested, wrong } from './bad-request.js';

const CREATE = 'POST /jobs/{job}/schedules';
const CRON = { type: 'cron', cronExpression: '0 9 * * *' };
const INTERVAL = { type: 'interval', intervalSeconds: 60 };

const cron = (cronExpression: unknown): object => ({ ...CRON, cronExpression });
const odd = (changes: object): object => ({ ...CRON, ...changes });

export const BAD_SCHEDULES = [
  ...['0 0 31 4 *', '0 0 30 2 *', '0 0 31 2,4,6 *', '0 0 * 2 MON#6'].map((expression) =>
    wrong(`${expression}, which never fires`, CREATE, cron(expression), '/cronExpression'),
  ),
  ...['', '* * * *', '*/0 * * * *', '5-1 * * * *', '* 24 * * *', '@never', '* * * * MOO', '0 0 L-32 * *'].map(
    (expression) => wrong(`the expression "${expression}"`, CREATE, cron(expression), '/cronExpression'),
  ),
  wrong('an expression that is a number', CREATE, cron(5), '/cronExpression'),
  ...['UTC+25', 'Mars/Base', 'system', 'default', '+02:00', '', 'Europe/Berlin\u0000', 7].map((timezone) =>
    wrong(`the zone ${JSON.stringify(timezone)}`, CREATE, odd({ timezone }), '/timezone'),
  ),
  wrong('a huge interval', CREATE, { ...INTERVAL, intervalSeconds: 2 ** 31 }, '/intervalSeconds'),
  wrong('an interval as text', CREATE, { ...INTERVAL, intervalSeconds: '60' }, '/intervalSeconds'),
  wrong('1 January 1970', CREATE, { type: 'one_time', runAt: '1970-01-01T00:00:00Z' }, '/runAt'),
  wrong('30 February', CREATE, { type: 'one_time', runAt: '2031-02-30T00:00:00Z' }, '/runAt'),
  wrong('a leap second', CREATE, { type: 'one_time', runAt: '2031-06-30T23:59:60Z' }, '/runAt'),
  wrong('the year 10000', CREATE, { type: 'one_time', runAt: '+010000-01-01T00:00:00Z' }, '/runAt'),
  wrong('a time as number', CREATE, { type: 'one_time', runAt: 1_900_000_000 }, '/runAt'),
  wrong('two types', CREATE, { ...INTERVAL, runAt: '2031-01-01T00:00:00Z' }, '/runAt'),
  wrong(
    'an end at the start',
    CREATE,
    odd({ startAt: '2031-01-01T00:00:00Z', endAt: '2031-01-01T00:00:00Z' }),
    '/endAt',
  ),
  wrong('an end in the past', CREATE, odd({ endAt: '2001-01-01T00:00:00Z' }), '/endAt'),
  wrong('a jitter of more than a day', CREATE, odd({ jitterSeconds: 86_401 }), '/jitterSeconds'),
  wrong('1,001 to catch up', CREATE, odd({ maxCatchup: 1_001 }), '/maxCatchup'),
  wrong('a grace below 0', CREATE, odd({ misfireGraceSeconds: -1 }), '/misfireGraceSeconds'),
  wrong('maxRuns of 2^31', CREATE, odd({ maxRuns: 2 ** 31 }), '/maxRuns'),
  wrong('a calendar that is not there', CREATE, odd({ calendars: ['nowhere'] }), '/calendars/0'),
  wrong('a calendar twice', CREATE, odd({ calendars: ['holidays', 'holidays'] }), '/calendars'),
  wrong('deep parameters', CREATE, odd({ parameters: nested(21) }), '/parameters'),
  wrong('an unknown policy for gaps', CREATE, odd({ dstGap: 'both' }), '/dstGap'),
  wrong('what only the scheduler says', CREATE, odd({ nextRunAt: '2031-01-01T00:00:00Z' }), '/nextRunAt'),
  wrong('a schedule of nothing', 'PUT /schedules/{schedule}', {}, '/type'),
  wrong('no expression any more', 'PATCH /schedules/{schedule}', { cronExpression: null }, '/cronExpression'),
  wrong('another job', 'PATCH /schedules/{schedule}', { jobId: 'x' }, '/jobId'),
  wrong('a reason of 501', 'POST /schedules/{schedule}/pause', { reason: 'x'.repeat(501) }, '/reason'),
  wrong('a dry run as text', 'POST /schedules/{schedule}/resume', { dryRun: 'yes' }, '/dryRun'),
  wrong('a preview of none', 'POST /schedules/preview', odd({ count: 0 }), '/count'),
  wrong('a preview from nowhere', 'POST /schedules/preview', odd({ from: 'now' }), '/from'),
  wrong('a preview of what never fires', 'POST /schedules/preview', cron('0 0 30 2 *'), '/cronExpression'),
  wrong(
    'a preview with another policy',
    'POST /schedules/preview',
    odd({ overlapPolicy: 'wait' }),
    '/overlapPolicy',
  ),
  wrong(
    'a preview with a calendar that is not there',
    'POST /schedules/preview',
    odd({ calendars: ['none'] }),
    '/calendars/0',
  ),
  wrong('a next run of its own', 'PUT /schedules/{schedule}', odd({ nextRunAt: null }), '/nextRunAt'),
  wrong('another job', 'PUT /schedules/{schedule}', odd({ jobId: 'x' }), '/jobId'),
  asked('GET /schedules/{schedule}/preview?count=1001', '/count'),
  asked('GET /schedules/{schedule}/explain?from=x', '/from'),
  asked('GET /schedules?type=monthly', '/type'),
  asked('GET /schedules?jobId=1', '/jobId'),
];
