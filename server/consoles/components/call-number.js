// <call-number>: which call tonight about the same people this is. It stays in sight, however far one scrolls.

import { setText, show } from "../shared/dom.js";
import { callNumberText, lineNumberText } from "../shared/words.js";

/** @import { Call, Line } from "../shared/types.js" */

export class CallNumber extends HTMLElement {
  /** @param {{ call: Call | null, line: Line | undefined }} shown the line alone where one may not read the call */
  show({ call, line }) {
    setText(this, callNumberText(call) || (line ? lineNumberText(line) : ""));
    show(this, this.textContent !== "");
  }
}

customElements.define("call-number", CallNumber);
