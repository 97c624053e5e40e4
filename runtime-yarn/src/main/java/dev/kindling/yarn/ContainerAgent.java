package dev.kindling.yarn;

import dev.kindling.yarn.core.AppMasterEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.PreemptionContainer;
import org.apache.hadoop.yarn.api.records.PreemptionContract;
import org.apache.hadoop.yarn.api.records.PreemptionMessage;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.StrictPreemptionContract;
import org.apache.hadoop.yarn.api.records.UpdatedContainer;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.NMClient;
import org.apache.hadoop.yarn.client.api.NMTokenCache;
import org.apache.hadoop.yarn.client.api.async.AMRMClientAsync;
import org.apache.hadoop.yarn.client.api.async.NMClientAsync;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hands of an application's master: asks the ResourceManager, starts containers on NodeManagers, and turns what they
 * say into events. It decides nothing. Asking is done by {@code am-loop}; events come on threads of Hadoop's clients.
 */
final class ContainerAgent {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerAgent.class);

    /** Each kind of container has one of its own, so that requests are counted and never matched. */
    private static final Priority BASE = Priority.newInstance(1);

    private static final Priority ELASTIC = Priority.newInstance(2);

    /** Of a node that is being decommissioned and whose ResourceManager says no time; an hour is Hadoop's own default. */
    private static final long DECOMMISSION_WITHIN_MS = 3_600_000;

    /** Of one context after the other: who gets what is heard, and what is asked for. */
    private record User(
            Consumer<AppMasterEvent> events,
            Runnable onHeartbeat,
            Consumer<String> onShutdown,
            Resource size,
            ExecutorLabels labels) {}

    private final AMRMClientAsync<ContainerRequest> resourceManager;
    private final NMClientAsync nodeManagers;
    private final ArrayDeque<ContainerRequest> asked = new ArrayDeque<>();

    private final Map<String, Container> containers = new ConcurrentHashMap<>();
    /** Of an earlier attempt of the application, until somebody takes them over. */
    private List<AppMasterEvent.ContainerKept> kept = List.of();

    private volatile User user;
    private volatile int nodes;

    ContainerAgent(long heartbeatMs) {
        // Of its own: the usual one is shared by all applications of the JVM.
        NMTokenCache tokens = new NMTokenCache();
        AMRMClient<ContainerRequest> asker = AMRMClient.createAMRMClient();
        asker.setNMTokenCache(tokens);
        this.resourceManager =
                AMRMClientAsync.createAMRMClientAsync(asker, (int) heartbeatMs, new ResourceManagerNews());
        NMClient starter = NMClient.createNMClient();
        starter.setNMTokenCache(tokens);
        starter.cleanupRunningContainersOnStop(false);
        this.nodeManagers = NMClientAsync.createNMClientAsync(new NodeManagerNews());
        this.nodeManagers.setClient(starter);
    }

    /**
     * From now on containers are asked for and heard of by this user.
     *
     * @param events where what is heard goes; must not wait
     * @param onHeartbeat called with each heartbeat to the ResourceManager; must not wait
     * @param onShutdown the ResourceManager has given the application up, and says why
     * @return false while there is another one
     */
    synchronized boolean attach(
            Consumer<AppMasterEvent> events,
            ExecutorSize size,
            ExecutorLabels labels,
            Runnable onHeartbeat,
            Consumer<String> onShutdown) {
        if (user != null) {
            return false;
        }
        user = new User(
                events, onHeartbeat, onShutdown, Resource.newInstance(size.containerMb(), size.cores()), labels);
        if (nodes > 0) {
            events.accept(new AppMasterEvent.NodesCounted(nodes));
        }
        return true;
    }

    /** Its user needs nothing any more, and has given everything back. */
    synchronized void detach() {
        user = null;
        show("");
        askFor(0, 0, Collections.emptySortedMap());
    }

    /** Where the cluster's proxy finds the pages of the application; empty for the cluster's own. */
    void show(String trackingUrl) {
        resourceManager.updateTrackingUrl(trackingUrl);
    }

    /** Connects; called as the user whose credentials hold the application's token. */
    void connect(Configuration settings) {
        resourceManager.init(settings);
        nodeManagers.init(settings);
        resourceManager.start();
        nodeManagers.start();
    }

    /** From now on the ResourceManager expects heartbeats, and gets them. */
    synchronized void register(String host, String trackingUrl) throws IOException, YarnException {
        kept = kept(
                resourceManager.registerApplicationMaster(host, -1, trackingUrl).getContainersFromPreviousAttempts());
    }

    /** Containers that an earlier attempt has left; told once. */
    synchronized List<AppMasterEvent.ContainerKept> takeKept() {
        List<AppMasterEvent.ContainerKept> taken = kept;
        kept = List.of();
        return taken;
    }

    private List<AppMasterEvent.ContainerKept> kept(List<Container> left) {
        List<AppMasterEvent.ContainerKept> known = new ArrayList<>();
        for (Container container : left) {
            String id = container.getId().toString();
            containers.put(id, container);
            known.add(new AppMasterEvent.ContainerKept(id, container.getNodeId().toString(), isElastic(container)));
        }
        return known;
    }

    private static boolean isElastic(Container container) {
        return ELASTIC.equals(container.getPriority());
    }

    // ---- what the core wants, by am-loop --------------------------------------------------------------------------

    /**
     * The client sends what has changed since its last heartbeat, so a number that is told again must change twice.
     * It asks the name service for the racks of hosts that it does not know: this waits, and is called by no loop.
     *
     * @param elastic so many of them are beyond the base
     * @param near by host, how many of them would best be there
     */
    void askFor(int count, int elastic, SortedMap<String, Integer> near) {
        synchronized (asked) {
            while (!asked.isEmpty()) {
                resourceManager.removeContainerRequest(asked.remove());
            }
            User asking = user;
            for (int i = 0; asking != null && i < count; i++) {
                int rank = i;
                String[] hosts = near.entrySet().stream()
                        .filter(host -> host.getValue() > rank)
                        .map(Map.Entry::getKey)
                        .toArray(String[]::new);
                boolean isElastic = i >= count - elastic;
                String base = asking.labels().base();
                ContainerRequest request = ContainerRequest.newBuilder()
                        .capability(asking.size())
                        .priority(isElastic ? ELASTIC : BASE)
                        .nodes(hosts.length == 0 ? null : hosts)
                        // For the queue's own label nothing, for none an empty text.
                        .nodeLabelsExpression(
                                isElastic ? asking.labels().elastic().orElse("") : base.isEmpty() ? null : base)
                        .build();
                asked.add(request);
                resourceManager.addContainerRequest(request);
            }
        }
    }

    /** Empty when it has gone. */
    String hostOfContainer(String containerId) {
        Container container = containers.get(containerId);
        return container == null ? "" : container.getNodeId().getHost();
    }

    void start(String containerId, ContainerLaunchContext command) {
        Container container = containers.get(containerId);
        if (container != null) {
            nodeManagers.startContainerAsync(container, command);
        }
    }

    void stop(String containerId) {
        Container container = containers.get(containerId);
        if (container != null) {
            nodeManagers.stopContainerAsync(container.getId(), container.getNodeId());
        }
    }

    /** The node is told as well as the ResourceManager: it acts at once. */
    void release(String containerId) {
        stop(containerId);
        Container container = containers.get(containerId);
        if (container != null) {
            resourceManager.releaseAssignedContainer(container.getId());
        }
    }

    void exclude(List<String> added, List<String> removed) {
        // Hadoop takes what it knows already out of these very lists.
        resourceManager.updateBlacklist(new ArrayList<>(added), new ArrayList<>(removed));
    }

    void heartbeatEvery(long intervalMs) {
        resourceManager.setHeartbeatInterval((int) intervalMs);
    }

    /** Says how the application ended, unless the ResourceManager has ended it. */
    void finish(FinalApplicationStatus status, String diagnostics, String trackingUrl) {
        try {
            resourceManager.unregisterApplicationMaster(status, diagnostics, trackingUrl);
        } catch (YarnException | IOException e) {
            LOG.warn("cannot tell the ResourceManager that the application has ended: {}", e.toString());
        }
    }

    void close() {
        resourceManager.stop();
        nodeManagers.stop();
    }

    // ---- what is heard, by threads of Hadoop's clients ------------------------------------------------------------

    /** False when nobody wants to know. */
    private boolean tell(AppMasterEvent event) {
        User now = user;
        if (now != null) {
            now.events().accept(event);
        }
        return now != null;
    }

    private void tellShutdown(String why) {
        User now = user;
        if (now != null) {
            now.onShutdown().accept(why);
        }
    }

    /** Of a node as events name it, which have the port as well: what the list of excluded nodes goes by. */
    static String hostOf(String node) {
        return node.substring(0, node.lastIndexOf(':'));
    }

    private final class ResourceManagerNews extends AMRMClientAsync.AbstractCallbackHandler {
        @Override
        public void onContainersAllocated(List<Container> allocated) {
            countNodes();
            for (Container container : allocated) {
                String id = container.getId().toString();
                containers.put(id, container);
                if (!tell(new AppMasterEvent.ContainerAllocated(
                        id, container.getNodeId().toString(), isElastic(container)))) {
                    resourceManager.releaseAssignedContainer(container.getId());
                }
            }
        }

        @Override
        public void onContainersCompleted(List<ContainerStatus> completed) {
            countNodes();
            for (ContainerStatus status : completed) {
                String id = status.getContainerId().toString();
                containers.remove(id);
                String diagnostics = status.getDiagnostics();
                tell(new AppMasterEvent.ContainerCompleted(
                        id, status.getExitStatus(), diagnostics == null ? "" : diagnostics));
            }
        }

        /** Of nodes that the ResourceManager had not heard of when this attempt began. */
        @Override
        public void onContainersReceivedFromPreviousAttempts(List<Container> left) {
            kept(left).forEach(ContainerAgent.this::tell);
        }

        private void countNodes() {
            int now = resourceManager.getClusterNodeCount();
            if (now != nodes) {
                nodes = now;
                tell(new AppMasterEvent.NodesCounted(now));
            }
        }

        @Override
        public void onNodesUpdated(List<NodeReport> updated) {
            for (NodeReport node : updated) {
                String id = node.getNodeId().toString();
                NodeState state = node.getNodeState();
                if (state == NodeState.DECOMMISSIONING) {
                    Integer timeoutS = node.getDecommissioningTimeout();
                    long withinMs = timeoutS == null || timeoutS < 0
                            ? DECOMMISSION_WITHIN_MS
                            : TimeUnit.SECONDS.toMillis(timeoutS);
                    tell(new AppMasterEvent.NodeDecommissioning(id, withinMs));
                } else {
                    tell(new AppMasterEvent.NodeChanged(id, state == NodeState.RUNNING, state.toString()));
                }
            }
        }

        @Override
        public void onPreemptionMessageReceived(PreemptionMessage message) {
            StrictPreemptionContract certain = message.getStrictContract();
            PreemptionContract exchangeable = message.getContract();
            tell(new AppMasterEvent.PreemptionAnnounced(
                    idsOf(certain == null ? Set.of() : certain.getContainers()),
                    idsOf(exchangeable == null ? Set.of() : exchangeable.getContainers())));
        }

        private List<String> idsOf(Set<PreemptionContainer> named) {
            return named.stream()
                    .map(container -> container.getId().toString())
                    .sorted()
                    .toList();
        }

        @Override
        public void onContainersUpdated(List<UpdatedContainer> updated) {
            // None is ever asked to change.
        }

        @Override
        public void onShutdownRequest() {
            tellShutdown("the ResourceManager has ended the application");
        }

        @Override
        public float getProgress() {
            // Asked with each heartbeat, by the thread that sends it.
            User now = user;
            if (now != null) {
                now.onHeartbeat().run();
            }
            return 0;
        }

        @Override
        public void onError(Throwable error) {
            tellShutdown("the connection to the ResourceManager failed: " + error);
        }
    }

    @SuppressWarnings("deprecation") // two of what must be written are deprecated
    private final class NodeManagerNews extends NMClientAsync.AbstractCallbackHandler {
        @Override
        public void onContainerStarted(ContainerId id, Map<String, ByteBuffer> answers) {
            // Its executor will register, or not in time.
        }

        @Override
        public void onStartContainerError(ContainerId id, Throwable error) {
            tell(new AppMasterEvent.ContainerNotStarted(id.toString(), String.valueOf(error.getMessage())));
        }

        @Override
        public void onStopContainerError(ContainerId id, Throwable error) {
            // The ResourceManager was told too; where the node is gone, so is the container.
            LOG.debug("container {} could not be stopped by its node: {}", id, error.toString());
        }

        @Override
        public void onContainerStatusReceived(ContainerId id, ContainerStatus status) {}

        @Override
        public void onContainerStopped(ContainerId id) {}

        @Override
        public void onContainerResourceIncreased(ContainerId id, Resource resource) {}

        @Override
        public void onContainerResourceUpdated(ContainerId id, Resource resource) {}

        @Override
        public void onGetContainerStatusError(ContainerId id, Throwable error) {}

        @Override
        public void onIncreaseContainerResourceError(ContainerId id, Throwable error) {}

        @Override
        public void onUpdateContainerResourceError(ContainerId id, Throwable error) {}
    }
}
