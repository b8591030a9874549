package io.roomcast.jmx;

import java.util.Date;
import java.util.List;

/** The state of the relay as this node measures it. Any thread may call any method; no method blocks. */
@Description("What carries messages between the nodes, as this node finds it")
public interface RelayMXBean {

    @Description("local for a node that is alone, redis, nats, kafka or rabbitmq (roomcast.relay)")
    String getKind();

    @Description("What this relay does otherwise than others: docs/relays.md explains each word")
    List<String> getTraits();

    @Description("Whether the last probe travelled through the relay and came back")
    boolean isReachable();

    @Description("When the last probe ended; probes are sent every two seconds")
    Date getLastProbe();

    @Description("Milliseconds that the last probe took; -1 when it did not come back within two seconds, or failed")
    double getLastProbeMillis();

    @Description("Probes that did not come back, since the start")
    long getProbesFailed();

    @Description("Milliseconds from a publish until it is stored, on average since the start")
    double getPublishMillis();

    @Description("Holes in what the relay delivered, since the start")
    long getGapsSeen();

    @Description("Holes that were read again and delivered, since the start")
    long getGapsRepaired();

    @Description("Holes that could not be filled: members were told that they are behind")
    long getGapsLost();

    @Description("Seconds by which the archive is behind what this node copies to it; 0 below two")
    double getArchiveLagSeconds();

    @Description("Messages that this node has yet to copy to the archive; an estimate while the database is away")
    long getArchiveLagMessages();

    @Description("Messages that the relay had dropped before they were in the archive, since the start")
    long getArchiveMissed();

    @Description("Connections to the relay made anew since the start")
    long getReconnects();
}
