package dev.kindling.yarn;

import dev.kindling.config.Config;
import dev.kindling.config.RpcKeys;
import dev.kindling.config.YarnKeys;
import dev.kindling.driver.ui.PageProxy;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AccessControlList;
import org.apache.hadoop.yarn.webapp.util.WebAppUtils;

/**
 * The proxy of YARN's own pages: that of the ResourceManagers, or one by itself ({@code yarn.web-proxy.address}). It names
 * whoever asked by what the cluster's pages have asked of them; on a cluster that asks nothing that is one name for all.
 * Those see a run who see the application: its user, and who is in {@code kindling.yarn.viewAcl}. Safe for many threads.
 */
final class YarnPageProxy implements PageProxy {
    /** A proxy that has moved is found again after so long; strangers do not make us ask the name service more often. */
    private static final long FOUND_AGAIN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Configuration settings;
    private final String bindHost;
    private final String host;
    private final String owner;
    private final boolean isStartedHere;
    private final AccessControlList viewers;

    private Set<InetAddress> proxies = Set.of();
    private long foundNanos;

    /**
     * @param driverHost by which the cluster knows this machine
     * @param owner whose application it is
     * @param isStartedHere false for a driver in a container, whose output is among the cluster's logs
     */
    YarnPageProxy(Configuration settings, Config config, String driverHost, String owner, boolean isStartedHere) {
        this.settings = settings;
        this.host = driverHost;
        String configured = config.get(RpcKeys.DRIVER_BIND_ADDRESS);
        this.bindHost = configured.isEmpty() ? driverHost : configured;
        this.owner = owner;
        this.isStartedHere = isStartedHere;
        // A space alone is nobody.
        String acl = config.get(YarnKeys.VIEW_ACL);
        this.viewers = new AccessControlList(acl.isEmpty() ? " " : acl);
    }

    /** Where people find an application's own pages. */
    static String pagesOf(String applicationId, Configuration settings) {
        return WebAppUtils.getHttpSchemePrefix(settings) + WebAppUtils.getProxyHostAndPort(settings) + "/proxy/"
                + applicationId + "/";
    }

    @Override
    public String bindHost() {
        return bindHost;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public synchronized boolean isProxy(InetAddress address) {
        if (proxies.isEmpty()
                || !proxies.contains(address) && System.nanoTime() - foundNanos > FOUND_AGAIN_AFTER_NANOS) {
            proxies = WebAppUtils.getProxyHostsAndPortsForAmFilter(settings).stream()
                    .map(hostAndPort -> hostAndPort.substring(0, hostAndPort.lastIndexOf(':')))
                    .flatMap(YarnPageProxy::addressesOf)
                    .collect(Collectors.toSet());
            foundNanos = System.nanoTime();
        }
        // Two processes of one machine may meet on any address of it.
        return proxies.contains(address)
                || isOfThisMachine(address) && proxies.stream().anyMatch(YarnPageProxy::isOfThisMachine);
    }

    private static Stream<InetAddress> addressesOf(String name) {
        try {
            return List.of(InetAddress.getAllByName(name)).stream();
        } catch (UnknownHostException e) {
            // One of several may be away; who comes from a name that nobody knows is not let in.
            return Stream.of();
        }
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    @Override
    public boolean mayLook(String user) {
        return viewers.isAllAllowed()
                || !user.isEmpty()
                        && (user.equals(owner) || viewers.isUserAllowed(UserGroupInformation.createRemoteUser(user)));
    }

    @Override
    public boolean isStartedHere() {
        return isStartedHere;
    }

    @Override
    public String advice() {
        return owner + ", whose application it is, can let others look by kindling.yarn.viewAcl when it is submitted;"
                + " * is for everybody who reaches the cluster's pages";
    }
}
