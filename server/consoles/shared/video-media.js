// One media connection of a video call. It is made once and never renegotiated: coming back is another.

const LOST_MS = 2000; // a moment's loss mends itself; longer, and a new connection is quicker
const CONNECT_MS = 8000;

/** @typedef {"audio" | "video"} Kind */

export class Media {
  /** @type {Map<Kind, RTCRtpSender>} */
  #senders = new Map();
  /** @type {Map<number, MediaStream>} */
  streams = new Map();
  #timer = 0;
  #over = false;

  /**
   * @param {{
   *   iceServers: RTCIceServer[], relayOnly: boolean, slots: number, talks: boolean,
   *   up: () => void, down: () => void, tracks: () => void,
   * }} has
   */
  constructor(has) {
    this.has = has;
    this.connection = new RTCPeerConnection({
      iceServers: has.iceServers,
      iceTransportPolicy: has.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.#transceivers();
    this.connection.addEventListener("connectionstatechange", () => this.#changed());
  }

  #transceivers() {
    if (this.has.talks) {
      for (const kind of /** @type {Kind[]} */ (["audio", "video"])) {
        this.#senders.set(kind, this.connection.addTransceiver(kind, { direction: "sendonly" }).sender);
      }
    }
    /** @type {Map<RTCRtpTransceiver, number>} */
    const slots = new Map();
    for (let slot = 0; slot < this.has.slots; slot += 1) {
      for (const kind of ["audio", "video"]) {
        slots.set(this.connection.addTransceiver(kind, { direction: "recvonly" }), slot);
      }
    }
    this.connection.addEventListener("track", ({ track, transceiver }) => {
      const slot = slots.get(transceiver);
      if (slot === undefined) return;
      const stream = this.streams.get(slot) ?? new MediaStream();
      stream.addTrack(track);
      this.streams.set(slot, stream);
      this.has.tracks();
    });
  }

  async offer() {
    this.#wait(CONNECT_MS);
    await this.connection.setLocalDescription();
    return this.connection.localDescription?.sdp ?? "";
  }

  /** @param {string} sdp */
  async answered(sdp) {
    if (!this.#over) await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track */
  async carry(kind, track) {
    await this.#senders.get(kind)?.replaceTrack(track);
  }

  /** @param {Kind} kind @param {Partial<RTCRtpEncodingParameters>} limits */
  async limit(kind, limits) {
    const sender = this.#senders.get(kind);
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings?.length) return;
    Object.assign(parameters.encodings[0], limits);
    await sender.setParameters(parameters);
  }

  close() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.connection.close();
  }

  #changed() {
    const state = this.connection.connectionState;
    if (this.#over) return;
    if (state === "connected") {
      clearTimeout(this.#timer);
      this.has.up();
    } else if (state === "disconnected") {
      this.#wait(LOST_MS);
    } else if (state === "failed") {
      this.#down();
    }
  }

  /** @param {number} ms */
  #wait(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connection.connectionState !== "connected" && this.#down(), ms);
  }

  #down() {
    if (this.#over) return;
    this.close();
    this.has.down();
  }
}
