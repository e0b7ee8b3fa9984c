// Parts of the page that are loaded when they are wanted.

import { Problem } from "./api.js";
import { t } from "./language.js";

/**
 * A module. Fetched before it is imported, with what it imports where that is known: browsers do not ask again for one
 * that could not be had once.
 *
 * @throws {Problem} when the server does not answer, or is newer than the page (`outdated`)
 */
export async function later(name, files = [name]) {
  const address = (file) => new URL(file, import.meta.url);
  let answers;
  try {
    answers = await Promise.all(files.map((file) => fetch(address(file))));
  } catch (failure) {
    throw new Problem(0, "offline", failure.message);
  }
  const missing = answers.find(({ ok }) => !ok);
  if (missing !== undefined) throw new Problem(missing.status, "outdated", t("error.outdated"));
  try {
    return await import(address(name));
  } catch (failure) {
    throw new Problem(0, "offline", failure.message);
  }
}
