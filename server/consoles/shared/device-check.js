// A look at one's own camera and microphone before a call: which, how one looks, whether one is heard.

import { el, part, setText, show } from "./dom.js";

const LOOK_MS = 100;
/** @type {Record<string, string>} */
const WHY = {
  NotAllowedError: "The camera or microphone was not allowed. Allow them beside the address and press Join again, or join without camera.",
  NotReadableError: "Another program uses the camera or microphone. Close it, or join without camera.",
  NotFoundError: "No camera or microphone was found. You can join without camera.",
};

export class DeviceCheck {
  /** @type {MediaStream | null} */
  stream = null;
  #cameras = part("cameras", HTMLSelectElement);
  #microphones = part("microphones", HTMLSelectElement);
  #look = part("look", HTMLVideoElement);
  #told = part("check-told", HTMLElement);
  #level = part("level", HTMLMeterElement);
  /** @type {AudioContext | null} */
  #audio = null;
  #timer = 0;

  constructor() {
    for (const select of [this.#cameras, this.#microphones]) select.addEventListener("change", () => this.begin(true));
  }

  /** Ask for what is chosen; whether there is a microphone at least. @param {boolean} camera */
  async begin(camera) {
    this.end();
    setText(this.#told, "");
    const wanted = (/** @type {string} */ id) => (id ? { deviceId: { exact: id } } : {});
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { ...wanted(this.#microphones.value), echoCancellation: true, noiseSuppression: true },
        video: camera ? { ...wanted(this.#cameras.value), width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { max: 30 } } : false,
      });
    } catch (fault) {
      setText(this.#told, WHY[fault instanceof DOMException ? fault.name : ""] ?? "The camera or microphone could not be used.");
      return false;
    }
    this.#look.srcObject = this.stream;
    show(this.#look, camera);
    this.#look.play().catch(() => {});
    await this.#list();
    this.#listen(this.stream);
    return true;
  }

  /** Let go of everything, unless it is carried on. @param {boolean} [keep] */
  end(keep = false) {
    clearInterval(this.#timer);
    this.#audio?.close();
    this.#audio = null;
    this.#look.srcObject = null;
    if (keep) return;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  async #list() {
    const found = await navigator.mediaDevices.enumerateDevices();
    for (const [select, kind] of /** @type {[HTMLSelectElement, string][]} */ ([[this.#cameras, "videoinput"], [this.#microphones, "audioinput"]])) {
      const used = this.stream?.getTracks().find((track) => `${track.kind}input` === kind)?.getSettings().deviceId;
      const chosen = used ?? select.value;
      const options = found.filter((device) => device.kind === kind).map(({ deviceId, label }, at) => el("option", { value: deviceId }, label || `${at + 1}`));
      select.replaceChildren(...options);
      if (chosen) select.value = chosen;
    }
  }

  /** @param {MediaStream} stream */
  #listen(stream) {
    this.#audio = new AudioContext();
    const [source, analyser] = [this.#audio.createMediaStreamSource(stream), this.#audio.createAnalyser()];
    source.connect(analyser);
    const heard = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(heard);
      this.#level.value = Math.min(1, Math.max(...heard) * 2);
    }, LOOK_MS);
  }
}
