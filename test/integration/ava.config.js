export default { files: ['build/test/integration/**/*.integration.js'], timeout: '180s', concurrency: 1 };
