// An independent WebRTC client (libwebrtc, by @roamhq/wrtc): opens a link and signals by the public doors as the page
// does, sends a picture and a tone, and says what it receives, one JSON object a line.
//
// usage: node --experimental-websocket other_client.cjs ORIGIN PATH

const { RTCPeerConnection, nonstandard } = require("@roamhq/wrtc");
const { RTCVideoSource, RTCVideoSink, RTCAudioSource, RTCAudioSink } = nonstandard;

const WIDTH = 320;
const HEIGHT = 240;
const GREY = 90;
const RATE = 48000;
const HZ = 880;
const PING_MS = 2000;
const [ORIGIN, PATH] = process.argv.slice(2);

const say = (message) => console.log(JSON.stringify(message));
const video = new RTCVideoSource();
const audio = new RTCAudioSource();
const picture = new Uint8ClampedArray((WIDTH * HEIGHT * 3) / 2).fill(128);
picture.fill(GREY, 0, WIDTH * HEIGHT);
setInterval(() => video.onFrame({ width: WIDTH, height: HEIGHT, data: picture }), 100);
let at = 0;
setInterval(() => {
  const samples = new Int16Array(RATE / 100);
  for (let one = 0; one < samples.length; one += 1, at += 1) samples[one] = 9000 * Math.sin((2 * Math.PI * HZ * at) / RATE);
  audio.onData({ samples, sampleRate: RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: samples.length });
}, 10);

/** The browser's secret, which the link's first opening gives. */
async function opened() {
  const page = await fetch(ORIGIN + PATH);
  const headers = { "Content-Type": "application/json", Origin: ORIGIN };
  const answer = await fetch(`${ORIGIN}${PATH}/open`, { method: "POST", headers, body: "{}" });
  say({ page: page.status, opened: answer.status, facts: await answer.json() });
  return answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
}

/** Two m-lines to send by, and a pair to receive by for each slot. */
function offering({ slots, ice_servers: iceServers }) {
  const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
  connection.addTransceiver(audio.createTrack(), { direction: "sendonly" });
  connection.addTransceiver(video.createTrack(), { direction: "sendonly" });
  for (let slot = 0; slot < slots; slot += 1) {
    const [sound, sight] = ["audio", "video"].map((kind) => connection.addTransceiver(kind, { direction: "recvonly" }));
    if (slot > 0) continue;
    new RTCVideoSink(sight.receiver.track).onframe = ({ frame }) => say({ grey: frame.data[frame.width * (frame.height / 2) + frame.width / 2] });
    new RTCAudioSink(sound.receiver.track).ondata = ({ samples }) => say({ loud: Math.max(...samples) });
  }
  connection.onconnectionstatechange = () => say({ state: connection.connectionState });
  return connection;
}

opened().then((Cookie) => {
  const socket = new WebSocket(`${ORIGIN.replace("http", "ws")}${PATH}/signal`, { headers: { Cookie, Origin: ORIGIN } });
  const send = (message) => socket.send(JSON.stringify(message));
  let connection = null;
  const hears = {
    welcome: async (welcome) => {
      say({ seat: welcome.seat });
      connection = offering(welcome);
      await connection.setLocalDescription(await connection.createOffer());
      send({ type: "offer", sdp: connection.localDescription.sdp, attempt: 1 });
      send({ type: "state", camera: "on", microphone: "on" });
    },
    answer: ({ sdp }) => connection.setRemoteDescription({ type: "answer", sdp }),
    error: (error) => say(error),
  };
  socket.onopen = () => send({ type: "hello", page: "anothermake" });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    hears[message.type]?.(message);
  };
  socket.onclose = () => process.exit(0);
  setInterval(() => send({ type: "ping", n: 1 }), PING_MS);
});
process.stdin.on("end", () => process.exit(0)).resume();
