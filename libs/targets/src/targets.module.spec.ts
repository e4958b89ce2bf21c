import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { AppConfig, AppConfigModule } from '@app/platform/config';
import { TargetRunners, TargetsModule } from './index.js';
import { aContext, neverAborted, RecordingLog } from './testing/a-run.js';
import { TargetServer } from './testing/target-server.js';

describe('TargetsModule', () => {
  it('provides runners for both types, made from the configuration, and closes them with the application', async () => {
    const server = await TargetServer.start((_, response) => response.end('ok'));
    const module = await Test.createTestingModule({
      imports: [AppConfigModule, TargetsModule],
    })
      .overrideProvider(AppConfig)
      .useValue({ egressAllow: ['127.0.0.0/8'], commandTargets: 'disabled', circuitFailures: 5 })
      .compile();
    const runners = module.get(TargetRunners);
    const run = (target: Parameters<TargetRunners['run']>[0]): ReturnType<TargetRunners['run']> =>
      runners.run(target, aContext(), neverAborted(), new RecordingLog());

    expect(await run({ type: 'http', method: 'GET', url: server.url })).toMatchObject({ type: 'succeeded' });
    expect(await run({ type: 'command', command: 'true' })).toMatchObject({
      error: { type: 'command_disabled' },
    });

    await module.close();
    await server.stop();
  });

  it('does not start with an EGRESS_ALLOW that it cannot read', () => {
    const options = { egressAllow: ['10.0.0.0/99'], commandTargets: 'disabled', circuitFailures: 5 } as const;
    expect(() => TargetRunners.fromOptions(options)).toThrow('EGRESS_ALLOW: "10.0.0.0/99"');
  });
});
