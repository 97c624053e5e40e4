package dev.kindling.config;

import java.util.List;

/** Where driver and executors listen. */
public final class RpcKeys {
    public static final ConfigKey<String> BIND_ADDRESS = ConfigKey.string("kindling.bind.address")
            .defaultsTo("127.0.0.1")
            .doc("Address on which the driver and the executors of this machine listen.");

    public static final ConfigKey<String> ADVERTISED_ADDRESS = ConfigKey.string("kindling.advertised.address")
            .defaultsTo("")
            .doc("Address under which others reach them, when it differs from kindling.bind.address; empty for the"
                    + " same.");

    static final List<ConfigKey<?>> ALL = List.of(BIND_ADDRESS, ADVERTISED_ADDRESS);

    private RpcKeys() {}
}
