// An independent WebRTC client (libwebrtc, by @roamhq/wrtc): offers as the pages do, sends a picture and a tone,
// and says what it receives. One JSON object a line, both ways.

const { RTCPeerConnection, nonstandard } = require("@roamhq/wrtc");
const { RTCVideoSource, RTCVideoSink, RTCAudioSource, RTCAudioSink } = nonstandard;

const WIDTH = 320;
const HEIGHT = 240;
const GREY = 90;
const RATE = 48000;
const HZ = 880;

const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
const video = new RTCVideoSource();
const audio = new RTCAudioSource();
connection.addTransceiver(audio.createTrack(), { direction: "sendonly" });
connection.addTransceiver(video.createTrack(), { direction: "sendonly" });
const received = { audio: connection.addTransceiver("audio", { direction: "recvonly" }), video: connection.addTransceiver("video", { direction: "recvonly" }) };

const say = (message) => console.log(JSON.stringify(message));
const picture = new Uint8ClampedArray((WIDTH * HEIGHT * 3) / 2).fill(128);
picture.fill(GREY, 0, WIDTH * HEIGHT);
setInterval(() => video.onFrame({ width: WIDTH, height: HEIGHT, data: picture }), 100);
let at = 0;
setInterval(() => {
  const samples = new Int16Array(RATE / 100);
  for (let one = 0; one < samples.length; one += 1, at += 1) samples[one] = 9000 * Math.sin((2 * Math.PI * HZ * at) / RATE);
  audio.onData({ samples, sampleRate: RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: samples.length });
}, 10);

new RTCVideoSink(received.video.receiver.track).onframe = ({ frame }) => say({ grey: frame.data[frame.width * (frame.height / 2) + frame.width / 2] });
new RTCAudioSink(received.audio.receiver.track).ondata = ({ samples }) => say({ loud: Math.max(...samples) });
connection.onconnectionstatechange = () => say({ state: connection.connectionState });

connection.createOffer().then(async (offer) => {
  await connection.setLocalDescription(offer);
  say({ offer: connection.localDescription.sdp });
});
process.stdin.on("data", (data) => connection.setRemoteDescription({ type: "answer", sdp: JSON.parse(data).answer }));
process.stdin.on("end", () => process.exit(0));
