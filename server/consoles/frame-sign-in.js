// In a frame nobody signs in: wait until somebody has, in a window of its own.

import { Api } from "./shared/api.js";
import { applyLook } from "./shared/look.js";

const ASK_AGAIN_MS = 2000;
const api = new Api();

applyLook();

async function look() {
  const signedIn = await api.session().then(() => true, () => false);
  if (signedIn) location.reload();
  else setTimeout(look, ASK_AGAIN_MS);
}

look();
