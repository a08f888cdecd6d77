// One camera, two ways to a screen: straight to another connection of this browser, and through the server.

const [WIDTH, HEIGHT, FPS] = [640, 480, 30];
const AREA = WIDTH * HEIGHT;
const BITRATE = 1000000; // alike on both ways
const BLOCKS = 20;
const STRIPE = 32; // rows, of which the middle two are read
const PICTURES = 30;
const NUMBERS = 2 ** 16;
const LOUD = 0.05;
const QUIET_MS = 300;
const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** When each beep of this track begins. */
async function listen(track, beeped) {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  let last = 0;
  for (;;) {
    const { value: sound, done } = await reader.read();
    if (done) return;
    const now = performance.now();
    const samples = new Float32Array(sound.numberOfFrames);
    sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    const at = samples.findIndex((one) => Math.abs(one) > LOUD);
    if (at >= 0 && now - last > QUIET_MS) beeped(now + (1000 * at) / sound.sampleRate);
    if (at >= 0) last = now;
    sound.close();
  }
}

/** The number's bits, and behind them their sum. */
function coded(number) {
  return number * 16 + [0, 4, 8, 12].reduce((all, shift) => all ^ ((number >> shift) & 15), 5);
}

/** As black and white along the upper edge. */
function mark(picture, number) {
  const bits = coded(number);
  for (let row = 0; row < STRIPE; row++) {
    for (let block = 0; block < BLOCKS; block++) {
      const from = row * WIDTH + (block * WIDTH) / BLOCKS;
      picture.fill((bits >> block) & 1 ? 235 : 16, from, from + WIDTH / BLOCKS);
    }
  }
}

async function read(video) {
  const frame = new VideoFrame(video);
  try {
    const { codedWidth: width, codedHeight: height } = frame;
    const y = 2 * Math.round((STRIPE * height) / HEIGHT / 4);
    const rect = { x: 0, y, width, height: 2 };
    const bytes = new Uint8Array(frame.allocationSize({ rect }));
    const [{ offset }] = await frame.copyTo(bytes, { rect });
    let bits = 0;
    for (let block = 0; block < BLOCKS; block++) {
      bits += (bytes[offset + Math.round(((block + 0.5) * width) / BLOCKS)] > 126 ? 1 : 0) * 2 ** block;
    }
    const number = Math.floor(bits / 16);
    return coded(number) === bits ? number : null;
  } finally {
    frame.close();
  }
}

/** Something that costs an encoder what a room does: a wall with some grain, and the camera moves. */
function pictures() {
  const wall = new Uint8Array(4 * AREA).map((_, at) => 90 + 40 * ((at >> 7) & 1) + 24 * Math.random());
  return Array.from({ length: PICTURES }, (_, turn) => {
    const picture = new Uint8Array(AREA * 1.5).fill(128);
    for (let row = 0; row < HEIGHT; row++) {
      const from = (row + 2 * turn) * 2 * WIDTH + 8 * turn;
      picture.set(wall.subarray(from, from + WIDTH), row * WIDTH);
    }
    return picture;
  });
}

class Camera {
  constructor(microphone) {
    this.shotMs = new Map();
    this.beepsMs = [];
    this.number = 0;
    this.pictures = pictures();
    const shown = new MediaStreamTrackGenerator({ kind: "video" });
    this.writer = shown.writable.getWriter();
    this.stream = new MediaStream([shown, microphone]);
    listen(microphone.clone(), (at) => this.beepsMs.push(at));
    setInterval(() => this.shoot(), 1000 / FPS);
  }

  shoot() {
    this.number = (this.number + 1) % NUMBERS;
    const picture = this.pictures[this.number % PICTURES];
    mark(picture, this.number);
    const now = performance.now();
    const how = { format: "I420", codedWidth: WIDTH, codedHeight: HEIGHT, timestamp: Math.round(now * 1000) };
    this.shotMs.set(this.number, now);
    this.writer.write(new VideoFrame(picture, how));
  }
}

class Screen {
  constructor(camera) {
    this.camera = camera;
    this.forget();
    this.video = Object.assign(document.createElement("video"), { playsInline: true, width: 64, height: 48 });
    document.body.append(this.video);
  }

  forget() {
    this.delaysMs = new Map();
    this.heardMs = [];
  }

  show(stream) {
    this.video.srcObject = stream;
    this.video.play();
    const seen = async () => {
      this.video.requestVideoFrameCallback(seen);
      const now = performance.now();
      const number = await read(this.video);
      const shot = this.camera.shotMs.get(number);
      if (shot !== undefined && !this.delaysMs.has(number)) this.delaysMs.set(number, now - shot);
    };
    this.video.requestVideoFrameCallback(seen);
  }

  listen(stream) {
    listen(stream.getAudioTracks()[0], (at) => {
      const sent = this.camera.beepsMs.filter((one) => one <= at).at(-1);
      if (sent !== undefined) this.heardMs.push(at - sent);
    });
  }
}

/** Two ends: one sends, the other shows. */
class Way {
  constructor(camera) {
    this.camera = camera;
    this.screen = new Screen(camera);
    this.ends = [1, 2].map(() => new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
    const stream = new MediaStream();
    this.ends[1].ontrack = ({ track }) => {
      stream.addTrack(track);
      if (stream.getTracks().length < 2) return;
      this.screen.show(stream);
      this.screen.listen(stream);
    };
    for (const kind of ["audio", "video"]) {
      const track = camera.stream.getTracks().find((one) => one.kind === kind);
      this.ends[0].addTransceiver(track, { direction: "sendonly", streams: [camera.stream] });
    }
  }

  async limit() {
    const sender = this.ends[0].getSenders().find(({ track }) => track.kind === "video");
    const parameters = sender.getParameters();
    Object.assign(parameters.encodings[0], { maxBitrate: BITRATE, maxFramerate: FPS });
    await sender.setParameters(parameters);
  }

  async direct() {
    const [sending, showing] = this.ends;
    await showing.setRemoteDescription({ type: "offer", sdp: await whole(sending, await vp8(sending)) });
    await sending.setRemoteDescription({ type: "answer", sdp: await whole(showing, await showing.createAnswer()) });
    await this.limit();
  }

  async bridged() {
    for (const kind of ["audio", "video"]) this.ends[1].addTransceiver(kind, { direction: "recvonly" });
    return Promise.all(this.ends.map(async (end) => whole(end, await end.createOffer())));
  }

  async answered(answers) {
    await Promise.all(this.ends.map((end, at) => end.setRemoteDescription({ type: "answer", sdp: answers[at] })));
    await this.limit();
  }

  /** Where the time goes in the browser, by its own account so far. */
  async counted() {
    const [sent, shown] = await Promise.all(this.ends.map((end) => end.getStats()));
    const of = (stats, type) => [...stats.values()].find((one) => one.type === type && one.kind === "video") ?? {};
    const [out, back] = [of(sent, "outbound-rtp"), of(shown, "inbound-rtp")];
    return {
      encoded: [out.totalEncodeTime, out.framesEncoded],
      paced: [out.totalPacketSendDelay, out.packetsSent],
      buffered: [back.jitterBufferDelay, back.jitterBufferEmittedCount],
      decoded: [back.totalDecodeTime, back.framesDecoded],
      bits: [8 * out.bytesSent, out.timestamp],
    };
  }
}

/** The server passes VP8 on and nothing else; so do we here. */
async function vp8(end) {
  const { codecs } = RTCRtpReceiver.getCapabilities("video");
  end.getTransceivers()[1].setCodecPreferences(codecs.filter(({ mimeType }) => /VP8|rtx/.test(mimeType)));
  return end.createOffer();
}

async function whole(end, description) {
  await end.setLocalDescription(description);
  while (end.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
  return end.localDescription.sdp;
}

window.bench = {
  async begin() {
    const heard = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS });
    const camera = new Camera(heard.getAudioTracks()[0]);
    this.ways = { direct: new Way(camera), bridged: new Way(camera) };
    await this.ways.direct.direct();
    return this.ways.bridged.bridged();
  },

  async answered(answers) {
    await this.ways.bridged.answered(answers);
  },

  async forget() {
    this.before = {};
    for (const [name, way] of Object.entries(this.ways)) {
      way.screen.forget();
      this.before[name] = await way.counted();
    }
  },

  async figures() {
    const { direct, bridged } = this.ways;
    const [here, there] = [direct.screen.delaysMs, bridged.screen.delaysMs];
    const figures = { added: [...there].filter(([number]) => here.has(number)).map(([number, delay]) => delay - here.get(number)) };
    for (const [name, way] of Object.entries(this.ways)) {
      const now = await way.counted();
      const since = (key) => [0, 1].map((part) => now[key][part] - this.before[name][key][part]);
      figures[name] = [...way.screen.delaysMs.values()];
      figures[`heard_${name}`] = way.screen.heardMs;
      figures[`spent_${name}`] = Object.keys(now).map((key) => {
        const [all, times] = since(key);
        return (1000 * all) / times;
      });
    }
    return figures;
  },
};
