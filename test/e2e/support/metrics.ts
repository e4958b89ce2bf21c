/** Text of `GET /metrics`. */
export async function scrape(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  if (!response.ok) throw new Error(`${url}/metrics answered ${response.status}`);
  return response.text();
}

/** The sum over the series of a metric whose labels contain `labels`; null when there is none. */
export function valueOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const series = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => wanted.every((pair) => line.includes(pair)));
  if (series.length === 0) return null;
  return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Only what is the service's own: prom-client's names of Node's metrics do not pass promtool's linter. */
export function ownMetricsIn(text: string): string {
  const lines = text.split('\n').filter((line) => /^(# \w+ )?scheduler_/.test(line));
  return `${lines.join('\n')}\n`;
}
