"""Video calls: ICE and DTLS by aiortc, RTP passed on by us as it came."""
