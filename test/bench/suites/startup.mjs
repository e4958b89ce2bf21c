const SECONDS = { digits: 2 };

/** What a person or a deployment waits for. Dependencies are installed and the build is fresh. */
export const startup = {
  name: 'startup',
  figures: [],
  contestants: {
    standalone: {
      label: 'npm start',
      module: 'startup',
      options: { what: 'standalone' },
      figures: [
        { name: 'cold', label: 'without a database yet, s to ready', ...SECONDS },
        { name: 'warm', label: 'again on the same data, s to ready', ...SECONDS },
      ],
    },
    api: {
      label: 'api',
      module: 'startup',
      options: { what: 'api' },
      figures: [{ name: 'api', label: 's to ready', ...SECONDS }],
    },
    worker: {
      label: 'worker',
      module: 'startup',
      options: { what: 'worker' },
      figures: [{ name: 'worker', label: 's to ready', ...SECONDS }],
    },
  },
  ratios: [],
};
