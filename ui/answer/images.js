// Pictures in answers: our own and those that are in the text itself. One from anywhere else would tell its owner who
// reads what; it is named, and opens in a tab of its own when somebody wants to see it.

import { h } from "../dom.js";

const MOST_DATA_CHARS = 4_000_000;
const DATA = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*$/;
/** Where our own are. */
const OWN = "/web/";

function isShown(address) {
  if (address.startsWith("data:")) return address.length <= MOST_DATA_CHARS && DATA.test(address);
  try {
    const url = new URL(address, location.origin);
    return url.origin === location.origin && url.pathname.startsWith(OWN);
  } catch {
    return false;
  }
}

/** A picture, or a link to it that says where it is. */
export function imageNode(src, alt, t) {
  if (isShown(src)) return h("img.picture", { src, alt, loading: "lazy", decoding: "async", referrerpolicy: "no-referrer" });
  const name = alt === "" ? t("answer.image") : alt;
  let url = null;
  try {
    url = new URL(src);
  } catch {
    // no address that leads anywhere
  }
  if (url === null || !/^https?:$/.test(url.protocol)) return h("span.picture-place", {}, name);
  return h(
    "a.picture-place",
    { href: url.href, title: url.href, target: "_blank", rel: "noopener noreferrer nofollow", referrerpolicy: "no-referrer" },
    t("answer.imageAt", { name, host: url.host }),
  );
}
