import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';

/** What ioredis keeps to itself. */
interface SilenceTimer {
  socketTimeoutTimer: NodeJS.Timeout | undefined;
}

/**
 * ioredis' client whose `socketTimeout` ends with the connection that was silent. ioredis 5.11 leaves that timer running when
 * a connection breaks, and destroys the next one with it, in the midst of its work: 15 s after each outage, a message that
 * Redis had just handed over then waited for its lock to end (a campaign's run started 13.6 s late).
 */
export class SteadyRedis extends Redis {
  constructor(options: RedisOptions) {
    super(options);
    forgetSilenceOf(this);
  }

  /** BullMQ's worker blocks on a connection of its own. */
  override duplicate(changes: Partial<RedisOptions> = {}): SteadyRedis {
    return new SteadyRedis({ ...this.options, ...changes });
  }
}

/** The same for each node of a cluster. */
export class SteadyCluster extends Cluster {
  constructor(startupNodes: ClusterNode[], options: ClusterOptions) {
    super(startupNodes, options);
    this.on('+node', forgetSilenceOf);
  }

  override duplicate(startupNodes: ClusterNode[] = [], options: ClusterOptions = {}): SteadyCluster {
    const nodes = startupNodes.length > 0 ? startupNodes : this.startedWith;
    return new SteadyCluster(nodes, { ...this.options, ...options });
  }

  private get startedWith(): ClusterNode[] {
    return (this as unknown as { startupNodes: ClusterNode[] }).startupNodes;
  }
}

function forgetSilenceOf(redis: Redis): void {
  redis.on('close', () => {
    const timer = redis as unknown as SilenceTimer;
    clearTimeout(timer.socketTimeoutTimer);
    timer.socketTimeoutTimer = undefined;
  });
}
