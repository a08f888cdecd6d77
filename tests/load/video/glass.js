// One camera, two ways to a screen: straight to another connection of this browser, and through the server.

const [WIDTH, HEIGHT, FPS] = [640, 480, 30];
const BLOCKS = 20;
const [BLOCK_WIDTH, BLOCK_HEIGHT] = [WIDTH / BLOCKS, 64];
const NUMBERS = 2 ** 16;
const BEEP_EVERY_S = 1;
const BEEP_S = 0.08;
const LOUD = 0.05;

const EAR = `registerProcessor("ear", class extends AudioWorkletProcessor {
  process([[samples]]) {
    const at = samples ? samples.findIndex((one) => Math.abs(one) > ${LOUD}) : -1;
    if (at >= 0 && currentTime - (this.last ?? -1) > ${BEEP_S * 3}) this.port.postMessage(currentTime + at / sampleRate);
    if (at >= 0) this.last = currentTime;
    return true;
  }
});`;

/** The number's bits and their sum, as black and white. */
function paint(pen, number) {
  const sum = [0, 4, 8, 12].reduce((all, shift) => all ^ ((number >> shift) & 15), 5);
  const bits = number * 16 + sum;
  for (let block = 0; block < BLOCKS; block++) {
    pen.fillStyle = (bits >> block) & 1 ? "#fff" : "#000";
    pen.fillRect(block * BLOCK_WIDTH, 0, BLOCK_WIDTH, BLOCK_HEIGHT);
  }
}

function read(pen, video) {
  const inner = [BLOCK_HEIGHT / 4, BLOCK_HEIGHT / 2];
  pen.drawImage(video, 0, inner[0], WIDTH, inner[1], 0, 0, BLOCKS, 1);
  const { data } = pen.getImageData(0, 0, BLOCKS, 1);
  let bits = 0;
  for (let block = 0; block < BLOCKS; block++) bits |= (data[4 * block] > 127 ? 1 : 0) << block;
  const number = bits >> 4;
  const sum = [0, 4, 8, 12].reduce((all, shift) => all ^ ((number >> shift) & 15), 5);
  return sum === (bits & 15) ? number : null;
}

class Camera {
  constructor(sound) {
    this.paintedMs = new Map();
    this.beepsS = [];
    this.number = 0;
    const canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
    document.body.append(canvas);
    this.pen = canvas.getContext("2d");
    this.noise = noise();
    const out = new MediaStreamAudioDestinationNode(sound);
    this.stream = new MediaStream([...canvas.captureStream(FPS).getTracks(), ...out.stream.getTracks()]);
    setInterval(() => this.shoot(), 1000 / FPS);
    setInterval(() => this.beep(sound, out), BEEP_EVERY_S * 1000);
  }

  shoot() {
    this.number = (this.number + 1) % NUMBERS;
    const [x, y] = [(this.number * 37) % WIDTH, (this.number * 17) % HEIGHT];
    this.pen.drawImage(this.noise, -x, -y);
    paint(this.pen, this.number);
    this.paintedMs.set(this.number, performance.now());
  }

  beep(sound, out) {
    const [tone, at] = [new OscillatorNode(sound, { frequency: 1000 }), sound.currentTime + 0.02];
    tone.connect(out);
    tone.start(at);
    tone.stop(at + BEEP_S);
    this.beepsS.push(at);
  }
}

/** Something that costs an encoder what a room does. */
function noise() {
  const canvas = new OffscreenCanvas(2 * WIDTH, 2 * HEIGHT);
  const pen = canvas.getContext("2d");
  for (let x = 0; x < 2 * WIDTH; x += 8) {
    for (let y = 0; y < 2 * HEIGHT; y += 8) {
      const shade = 90 + Math.floor(Math.random() * 24);
      pen.fillStyle = `rgb(${shade},${shade},${shade})`;
      pen.fillRect(x, y, 8, 8);
    }
  }
  return canvas;
}

class Screen {
  constructor(camera, sound) {
    this.camera = camera;
    this.sound = sound;
    this.delaysMs = new Map();
    this.heardMs = [];
    this.video = Object.assign(document.createElement("video"), { playsInline: true });
    document.body.append(this.video);
    this.pen = new OffscreenCanvas(BLOCKS, 1).getContext("2d", { willReadFrequently: true });
  }

  show(stream) {
    if (this.video.srcObject) return;
    this.video.srcObject = stream;
    this.video.play();
    const seen = () => {
      const number = read(this.pen, this.video);
      const painted = this.camera.paintedMs.get(number);
      if (painted !== undefined && !this.delaysMs.has(number)) this.delaysMs.set(number, performance.now() - painted);
      this.video.requestVideoFrameCallback(seen);
    };
    this.video.requestVideoFrameCallback(seen);
  }

  listen(stream) {
    const ear = new AudioWorkletNode(this.sound, "ear");
    ear.port.onmessage = ({ data }) => {
      const sent = this.camera.beepsS.filter((at) => at <= data).at(-1);
      if (sent !== undefined) this.heardMs.push((data - sent) * 1000);
    };
    new MediaStreamAudioSourceNode(this.sound, { mediaStream: stream }).connect(ear);
  }
}

function connection(onTracks) {
  const made = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  made.ontrack = ({ track }) => {
    stream.addTrack(track);
    if (stream.getTracks().length === 2) onTracks(stream);
  };
  return made;
}

async function offered(made) {
  await made.setLocalDescription(await made.createOffer());
  while (made.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
  return made.localDescription.sdp;
}

window.bench = {
  async begin() {
    const sound = new AudioContext();
    const module = URL.createObjectURL(new Blob([EAR], { type: "text/javascript" }));
    await sound.audioWorklet.addModule(module);
    const camera = new Camera(sound);
    this.screens = { direct: new Screen(camera, sound), bridged: new Screen(camera, sound) };
    const shown = (way) => (stream) => {
      this.screens[way].show(stream);
      this.screens[way].listen(stream);
    };
    const [caller, answerer] = [connection(() => {}), connection(shown("direct"))];
    for (const track of camera.stream.getTracks()) caller.addTrack(track, camera.stream);
    await answerer.setRemoteDescription({ type: "offer", sdp: await offered(caller) });
    await answerer.setLocalDescription(await answerer.createAnswer());
    while (answerer.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 20));
    await caller.setRemoteDescription(answerer.localDescription);
    this.ends = [connection(() => {}), connection(shown("bridged"))];
    for (const kind of ["audio", "video"]) {
      const track = camera.stream.getTracks().find((one) => one.kind === kind);
      this.ends[0].addTransceiver(track, { direction: "sendonly", streams: [camera.stream] });
      this.ends[1].addTransceiver(kind, { direction: "recvonly" });
    }
    return Promise.all(this.ends.map(offered));
  },

  async answered(answers) {
    await Promise.all(this.ends.map((end, at) => end.setRemoteDescription({ type: "answer", sdp: answers[at] })));
  },

  forget() {
    for (const screen of Object.values(this.screens)) [screen.delaysMs, screen.heardMs] = [new Map(), []];
  },

  figures() {
    const { direct, bridged } = this.screens;
    const both = [...bridged.delaysMs].filter(([number]) => direct.delaysMs.has(number));
    return {
      direct: [...direct.delaysMs.values()],
      bridged: [...bridged.delaysMs.values()],
      added: both.map(([number, delay]) => delay - direct.delaysMs.get(number)),
      heard_direct: direct.heardMs,
      heard_bridged: bridged.heardMs,
    };
  },
};
