// Run in a page by a test: joins with the pages' own library, and looks at what really comes in.

const sockets = [];

window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    sockets.push(this);
  }
};

const connections = [];

window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    connections.push(this);
  }
};

window.begin = async ({ url, media, talks }) => {
  const { VideoLink } = await import("/consoles/shared/video-link.js");
  const link = new VideoLink({ url, talks });
  const heard = [];
  for (const name of ["status", "room", "chat", "duress", "place", "refused", "over", "quality", "wrong"]) {
    link.addEventListener(name, ({ detail }) => heard.push([name, detail, performance.now()]));
  }
  window.end = new Probe(link, heard);
  const stream = await window.end.media(media);
  if (stream) link.use(stream);
  link.open();
};

class Probe {
  constructor(link, heard) {
    this.link = link;
    this.heard = heard;
    this.levels = new Map();
  }

  /** `device`: the browser's camera and microphone; `#rrggbb@hz`: a colour and a tone; `none`. */
  async media(kind) {
    if (kind === "none") return null;
    if (kind === "device") {
      return navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480, frameRate: 30 } });
    }
    const [colour, hz] = kind.split("@");
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    const pen = canvas.getContext("2d");
    let turn = 0;
    setInterval(() => {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 640, 480);
      pen.fillStyle = "#808080";
      pen.fillRect((turn += 8) % 640, 0, 16, 16);
    }, 40);
    const sound = new AudioContext();
    const tone = new OscillatorNode(sound, { frequency: Number(hz) });
    const out = new MediaStreamAudioDestinationNode(sound);
    tone.connect(out);
    tone.start();
    return new MediaStream([...canvas.captureStream(25).getTracks(), ...out.stream.getTracks()]);
  }

  status(wanted) {
    return this.link.status === wanted;
  }

  slotOf(seat) {
    return this.link.room?.participants.find((one) => one.seat === seat)?.slot ?? null;
  }

  here(seat) {
    return this.link.room?.participants.find((one) => one.seat === seat)?.here ?? null;
  }

  isHere(seat, how) {
    return this.here(seat) === how;
  }

  told(name) {
    return this.heard.filter(([one]) => one === name).map(([, detail]) => detail);
  }

  saw(name, times = 1) {
    return this.told(name).length >= times;
  }

  /** The middle's colour of the picture that this seat sends, or null while there is none. */
  async colour(seat) {
    const stream = this.link.streams.get(this.slotOf(seat));
    if (!stream?.getVideoTracks().length) return null;
    const video = (this.video ??= Object.assign(document.createElement("video"), { muted: true, playsInline: true }));
    if (video.srcObject !== stream) {
      video.srcObject = stream;
      video.play().catch(() => {});
    }
    if (video.readyState < 2 || video.videoWidth < 16) return null;
    const canvas = new OffscreenCanvas(16, 16);
    const pen = canvas.getContext("2d");
    pen.drawImage(video, 0, 0, 16, 16);
    return [...pen.getImageData(8, 8, 1, 1).data.slice(0, 3)];
  }

  async isColour(seat, wanted, within = 40) {
    const seen = await this.colour(seat);
    return seen !== null && seen.every((one, at) => Math.abs(one - wanted[at]) <= within);
  }

  async isSeen(seat) {
    const seen = await this.colour(seat);
    return seen !== null && Math.max(...seen) > 40;
  }

  /** The strongest pitch of what this seat says now, or 0. */
  pitch(seat) {
    const stream = this.link.streams.get(this.slotOf(seat));
    if (!stream?.getAudioTracks().length) return 0;
    let ear = this.levels.get(stream.id);
    if (!ear) {
      const sound = (this.sound ??= new AudioContext());
      ear = new AnalyserNode(sound, { fftSize: 8192 });
      // Chromium lets a remote stream flow only where an element plays it.
      const player = Object.assign(new Audio(), { muted: true, srcObject: stream });
      player.play().catch(() => {});
      new MediaStreamAudioSourceNode(sound, { mediaStream: stream }).connect(ear);
      this.levels.set(stream.id, ear);
    }
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const best = bins.indexOf(Math.max(...bins));
    return bins[best] > -75 ? (best * ear.context.sampleRate) / ear.fftSize : 0;
  }

  isPitch(seat, hz) {
    return Math.abs(this.pitch(seat) - hz) < 15;
  }

  isHeard(seat) {
    return this.pitch(seat) > 0;
  }

  /** Whether the way that is used leads through a relay. */
  async relayed() {
    const stats = new Map(await connections.at(-1).getStats());
    const transport = [...stats.values()].find((one) => one.type === "transport");
    const way = stats.get(transport?.selectedCandidatePairId);
    return stats.get(way?.localCandidateId)?.relayProtocol === "udp";
  }

  say(text) {
    return this.link.say(text);
  }

  do(name, ...given) {
    this.link[name](...given);
  }

  /** As when the network goes: the connection breaks, and where the browser is offline no other comes about. */
  cut() {
    sockets.at(-1).close(3001);
  }
}
