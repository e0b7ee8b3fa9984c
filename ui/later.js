// Parts of the page that are loaded when they are wanted.

import { Problem } from "./api.js";
import { t } from "./language.js";

/**
 * A module. Fetched before it is imported: browsers do not ask again for one that could not be had once.
 *
 * @throws {Problem} when the server does not answer, or is newer than the page
 */
export async function later(name) {
  const address = new URL(name, import.meta.url);
  let answer;
  try {
    answer = await fetch(address);
  } catch (failure) {
    throw new Problem(0, "offline", failure.message);
  }
  if (!answer.ok) throw new Problem(answer.status, "outdated", t("error.outdated"));
  return import(address);
}
