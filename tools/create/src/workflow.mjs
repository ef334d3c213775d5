/** The workflow of CI. */
export const workflow = ".github/workflows/ci.yml";

/** Returns the workflow of a project: without the job for the newest Node, whose script only Typemesh has. @param {string} text */
export function projectWorkflow(text) {
  return text.replace(/\n {2}newest:\n(?: {4}.*\n|\n)*/, "");
}
