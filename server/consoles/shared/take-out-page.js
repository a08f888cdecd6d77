// Taking words out, on any page with a top bar: offered to who has the right to.

import { TakeOut } from "../components/take-out.js";
import { TopBar } from "../components/top-bar.js";
import { part } from "./dom.js";

/** @import { Console } from "./console.js" */

/** @param {Console} desk a console that has started */
export function offerTakeOut({ api, session }) {
  if (!session?.rights.includes("export")) return;
  const dialog = new TakeOut();
  document.body.append(dialog);
  part("top", TopBar).offerTakeOut();
  document.addEventListener("take-out", () => dialog.open({ api, session }));
}
