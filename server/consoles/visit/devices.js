// The camera and microphone of a phone: asked for, denied, missing, busy, turned round.

/** @typedef {"denied" | "busy" | "none" | "no_camera"} Why */

export class NoDevice extends Error {
  /** @param {Why} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Whether this window can use a camera at all: those inside other apps cannot. */
export function canUseDevices() {
  return typeof navigator.mediaDevices?.getUserMedia === "function";
}

/**
 * @param {{ camera: boolean, facing?: "user" | "environment" }} wanted
 * @returns {Promise<MediaStream>}
 */
export async function devices({ camera, facing = "user" }) {
  if (!canUseDevices()) throw new NoDevice("none");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: SOUND,
      video: camera ? { ...PICTURE, facingMode: facing } : false,
    });
  } catch (fault) {
    const why = whyOf(fault);
    throw new NoDevice(why === "none" && camera ? "no_camera" : why);
  }
}

/** Only the camera, the other way round; the old one is let go first, since many phones open one at a time. @param {MediaStream} stream @param {"user" | "environment"} facing */
export async function turned(stream, facing) {
  for (const track of stream.getVideoTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
  try {
    const other = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...PICTURE, facingMode: facing } });
    for (const track of other.getVideoTracks()) stream.addTrack(track);
  } catch (fault) {
    throw new NoDevice(whyOf(fault));
  }
}

/** @param {MediaStream | null} stream @param {"audio" | "video"} [kind] */
export function letGo(stream, kind) {
  for (const track of stream?.getTracks() ?? []) {
    if (kind && track.kind !== kind) continue;
    track.stop();
    stream?.removeTrack(track);
  }
}

/** How many cameras there are to turn to. */
export async function cameras() {
  const found = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return found.filter(({ kind }) => kind === "videoinput").length;
}

/** Where this phone is now, once. @returns {Promise<GeolocationCoordinates>} */
export function place() {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) failed(new Error("no place"));
    else {
      navigator.geolocation.getCurrentPosition(({ coords }) => found(coords), failed, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
    }
  });
}

/** @param {unknown} fault @returns {Why} */
function whyOf(fault) {
  const name = fault instanceof DOMException ? fault.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "none";
}
