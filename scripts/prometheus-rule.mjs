/**
 * `npm run prometheus-rule`: writes the rules of docker/prometheus/rules as an object of the Prometheus operator; with
 * `-- --check` it only says whether the file is current. One place says what is an alert, and everybody has it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { root } from './setup.mjs';

const RULES = path.join(root, 'docker/prometheus/rules');
const TARGET = path.join(root, 'kustomize/components/monitoring/prometheus-rule.yaml');

const text = `# Generated from docker/prometheus/rules by \`npm run prometheus-rule\`.
${stringify(prometheusRule(), { lineWidth: 0 })}`;
if (process.argv.includes('--check')) check();
else writeFileSync(TARGET, text);

function check() {
  if (readFileSync(TARGET, 'utf8') === text) return;
  console.error(`${path.relative(root, TARGET)} is not what the rules say: run \`npm run prometheus-rule\`.`);
  process.exitCode = 1;
}

function prometheusRule() {
  const files = readdirSync(RULES).sort();
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'job-scheduler',
      namespace: 'job-scheduler',
      labels: {
        'app.kubernetes.io/name': 'job-scheduler',
        'app.kubernetes.io/component': 'alerts',
        'app.kubernetes.io/part-of': 'job-scheduler',
      },
    },
    spec: { groups: files.flatMap((file) => parse(readFileSync(path.join(RULES, file), 'utf8')).groups) },
  };
}
