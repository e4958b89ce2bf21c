/** Something an app needs before it should get traffic. Given to `HealthModule.register` by the app. */
export interface ReadinessCheck {
  /** As `/health/ready` shows it. */
  readonly name: string;
  /** `false`: when down it is reported, and the app stays ready, because it keeps its promises without. */
  readonly required: boolean;
  /** Rejects with a reason for operators. */
  check(): Promise<void>;
}

/** Injection token of the list of checks. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');
