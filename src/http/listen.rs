//! Accepting connections, and holding each to its time.
//!
//! `axum::serve` cannot be told how long a client may take to send its first line and headers, so that a few thousand sockets
//! that say nothing would keep as many connections for good. Here a connection that has not sent a whole request head within
//! `http.header_timeout_seconds` is closed, one that is idle between requests after [`IDLE`], and as many connections as
//! `http.connections` are open at most: the next one waits in the listener's queue.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::Server;

/// How long a connection may stay open between two requests; also what the headers of a later request may take.
const IDLE: Duration = Duration::from_secs(75);
/// How often an HTTP/2 connection is pinged, and how long it may take to answer.
const HTTP2_PING: Duration = Duration::from_secs(20);

/// Accepts connections and answers them with `router`, until the server is told to stop.
pub(super) async fn listen(server: Server, router: Router, mut listener: TcpListener) {
    let inner = &server.0;
    loop {
        let accepted = async {
            // The semaphore is never closed; without a permit there would be no cap, which is no reason to stop serving.
            let permit = inner.connection_slots.clone().acquire_owned().await.ok();
            // Retries by itself what can be retried, and rests while there are no file descriptors left.
            let (stream, peer) = Listener::accept(&mut listener).await;
            (permit, stream, peer)
        };
        let (permit, stream, peer) = tokio::select! {
            biased;
            () = inner.shutdown.cancelled() => return,
            accepted = accepted => accepted,
        };
        let connection = serve(server.clone(), router.clone(), stream, peer);
        inner.connections.spawn(async move {
            let _permit = permit;
            connection.await;
        });
    }
}

async fn serve(server: Server, router: Router, stream: TcpStream, peer: SocketAddr) {
    // Answers and events are small and must not wait for each other's acknowledgement.
    let _ = stream.set_nodelay(true);
    let spoken = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let spoken = spoken.clone();
        move |mut request: Request<Incoming>| {
            spoken.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(IDLE);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HTTP2_PING)
        .keep_alive_timeout(HTTP2_PING)
        .max_concurrent_streams(100);
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // Over the whole first head, whichever protocol it turns out to be: hyper's own timer begins only once that is known.
    let mut silence = pin!(tokio::time::sleep(server.0.header_timeout));
    let mut stop = pin!(server.0.shutdown.cancelled());
    let (mut listening, mut serving) = (true, true);
    loop {
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    tracing::debug!(%peer, error = &*error, "a connection broke");
                }
                return;
            }
            () = &mut silence, if listening => {
                if !spoken.load(Ordering::Relaxed) {
                    tracing::debug!(%peer, "a connection without a request was closed");
                    return;
                }
                listening = false;
            }
            () = &mut stop, if serving => {
                connection.as_mut().graceful_shutdown();
                serving = false;
            }
        }
    }
}
