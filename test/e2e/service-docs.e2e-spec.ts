import { describe, expect } from '@jest/globals';
import { openInChromium, withChromium } from '../support/chromium.js';
import { useRunningService } from './support/running-service.js';

const service = useRunningService();

describe('the page at /docs', () => {
  withChromium(
    'shows every operation in a browser that keeps to the content security policy',
    async () => {
      const { headers, body: page } = await fetch(`${service.api.url}/docs`);
      await page?.cancel();
      expect(headers.get('content-security-policy')).toMatch(/script-src 'self'/);
      const { dom, console } = await openInChromium(`${service.api.url}/docs`);
      expect(console).toEqual([]);
      const answer = await fetch(`${service.api.url}/openapi.json`);
      const { paths } = (await answer.json()) as { paths: Record<string, object> };
      const operations = Object.values(paths).flatMap((item) => Object.keys(item));
      expect(dom.match(/class="opblock opblock-/g) ?? []).toHaveLength(operations.length);
      expect(dom).toContain('data-path="/jobs/{jobId}/execute"');
      // The policy lets nothing in from elsewhere, and the page does not ask for it.
      expect(dom.match(/(?:src|href)="https?:(?!\/\/127\.0\.0\.1)[^"]*\.(?:js|css|png)/g)).toBeNull();
    },
    120_000,
  );
});
