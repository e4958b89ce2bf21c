export { SchedulerHttpModule } from './scheduler-http.module.js';
export { FiringPlanner } from './firing-planner.js';
export { LeftoverRecorder } from './leftover-recorder.js';
export { ScheduleFirer } from './schedule-firer.js';
export { SchedulerModule } from './scheduler.module.js';
