// Stands for TypeScript, by which protoplugin can transpile what a plugin prints. Ours needs no transpiling, and loading
// TypeScript takes longer than everything else together.
module.exports = {};
