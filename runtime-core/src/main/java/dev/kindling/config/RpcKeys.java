package dev.kindling.config;

import dev.kindling.util.PortRange;
import java.util.List;

/** Where driver and executors listen, and how their connections are protected. */
public final class RpcKeys {
    public static final ConfigKey<String> DRIVER_BIND_ADDRESS = ConfigKey.string("kindling.driver.bindAddress")
            .defaultsTo("")
            .doc("Address of this machine on which the driver listens, 0.0.0.0 for all; empty for 127.0.0.1 where"
                    + " executors are on this machine, and otherwise for the address that the cluster sees.");

    public static final ConfigKey<String> DRIVER_ADVERTISED_ADDRESS = ConfigKey.string(
                    "kindling.driver.advertisedAddress")
            .defaultsTo("")
            .doc("Name or address under which executors reach the driver, when it differs from"
                    + " kindling.driver.bindAddress; empty for the same.");

    public static final ConfigKey<PortRange> DRIVER_PORTS = ConfigKey.ports("kindling.driver.ports")
            .defaultsTo(PortRange.ANY)
            .doc("Port of the driver: the first free one is taken. A range for machines behind a firewall.");

    public static final ConfigKey<String> EXECUTOR_BIND_ADDRESS = ConfigKey.string("kindling.executor.bindAddress")
            .defaultsTo("")
            .doc("Address of its machine on which an executor listens, 0.0.0.0 for all; empty for the one from which"
                    + " it reaches the driver, which is also the one that it tells others.");

    public static final ConfigKey<PortRange> EXECUTOR_PORTS = ConfigKey.ports("kindling.executor.ports")
            .defaultsTo(PortRange.ANY)
            .doc("Port of an executor: the first free one is taken. As many as one machine may have executors.");

    public static final ConfigKey<Boolean> TLS = ConfigKey.booleans("kindling.rpc.tls")
            .defaultsTo(false)
            .doc("Encrypts connections within one machine too. Those between machines always are: with mutual TLS 1.3"
                    + " and a certificate that the driver makes for the one application.");

    static final List<ConfigKey<?>> ALL = List.of(
            DRIVER_BIND_ADDRESS, DRIVER_ADVERTISED_ADDRESS, DRIVER_PORTS, EXECUTOR_BIND_ADDRESS, EXECUTOR_PORTS, TLS);

    private RpcKeys() {}
}
