// Which rules of Tabler's style sheet stay: those whose names stand in a template, a script or Python. Whatever is a word
// there counts as a name, so nothing that is used can be missed but a name put together of pieces.
const root = "../..";

module.exports = {
  css: ["../static/vendor.new/tabler.min.css"],
  content: [
    `${root}/templates/**/*.html`,
    `${root}/producerdesk/static/js/*.js`,
    "../static/vendor.new/tabler.min.js",
    `${root}/{budgets,contributors,producerdesk,projects,sessions}/**/*.py`,
  ],
  skippedContentGlobs: ["**/node_modules/**"],
  defaultExtractor: (text) => text.match(/[\w-]+/g) || [],
  keyframes: true,
};
