"""What is relied upon inside aiortc, so that a version that changes it fails here and not in a call."""

import inspect

from aioice.ice import Connection, StunProtocol
from aiortc import RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsTransport, State
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpReceiverInfo, RtcpRrPacket

from server.adapters.doorways.webrtc.gate import Gate
from server.adapters.doorways.webrtc.transport import (
    QUEUED,
    RTCP_PSFB_PLI,
    StreamStatistics,
    Transport,
    new_certificate,
)


def parameters_of(call: object) -> list[str]:
    assert callable(call)
    return list(inspect.signature(call).parameters)


def test_decrypted_packets_pass_through_two_methods_that_we_override() -> None:
    assert parameters_of(RTCDtlsTransport._handle_rtp_data) == ["self", "data", "arrival_time_ms"]
    assert parameters_of(RTCDtlsTransport._handle_rtcp_data) == ["self", "data"]
    assert parameters_of(RTCDtlsTransport._recv_next) == ["self"]
    reading = inspect.getsource(RTCDtlsTransport._recv_next)
    assert "await self._handle_rtp_data(data, arrival_time_ms=arrival_time_ms)" in reading
    assert "await self._handle_rtcp_data(data)" in reading


def test_packets_are_sent_and_the_role_set_as_we_do() -> None:
    assert parameters_of(RTCDtlsTransport._send_rtp) == ["self", "data"]
    assert parameters_of(RTCDtlsTransport._set_role) == ["self", "role"]
    assert 'self._role == "auto"' in inspect.getsource(RTCDtlsTransport.start)
    assert {"CLOSED", "FAILED", "CONNECTED"} <= set(State.__members__)


def test_nothing_waits_to_be_read_without_bound() -> None:
    transport = Transport(new_certificate())
    queue = transport._gatherer._connection._queue
    for _ in range(QUEUED + 10):
        queue.put_nowait((b"x", 1))
    assert queue.qsize() == QUEUED
    queue.put_nowait(None)
    assert queue.qsize() == QUEUED + 1
    assert "self._queue.get()" in inspect.getsource(Connection.recvfrom)


def test_checks_that_come_in_are_enough_to_connect() -> None:
    """No remote candidate is ever added, so the agent must wait for checks and learn from them."""
    assert "prflx" in inspect.getsource(Connection.check_incoming)
    assert "_remote_candidates_expected" in inspect.getsource(Connection._check_list_maybe_fail)
    assert parameters_of(RTCIceTransport.start) == ["self", "remoteParameters"]
    assert "iceServers" in parameters_of(RTCIceGatherer.__init__)


def test_reports_are_read_and_written_as_aiortc_does() -> None:
    wanted = RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=2)
    [read] = RtcpPacket.parse(bytes(wanted))
    assert isinstance(read, RtcpPsfbPacket)
    assert (read.fmt, read.media_ssrc) == (RTCP_PSFB_PLI, 2)
    info = RtcpReceiverInfo(
        ssrc=5, fraction_lost=1, packets_lost=2, highest_sequence=3, jitter=4, lsr=0, dlsr=0
    )
    [report] = RtcpPacket.parse(bytes(RtcpRrPacket(ssrc=1, reports=[info])))
    assert isinstance(report, RtcpRrPacket)
    assert report.reports == [info]
    assert "sequence_number" in inspect.getsource(StreamStatistics.add)


async def test_our_gate_stands_before_what_reads_our_ports() -> None:
    transport = Transport(new_certificate())
    await transport.gather()
    agent = transport._gatherer._connection
    assert agent._protocols
    for reading in agent._protocols:
        assert isinstance(reading.transport.get_protocol(), Gate)
    assert agent._remote_candidates == []
    assert "self._remote_candidates.append(remote_candidate)" in inspect.getsource(Connection.check_incoming)
    assert parameters_of(StunProtocol.datagram_received) == ["self", "data", "addr"]
    await transport.stop()
