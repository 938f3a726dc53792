// One at a time over all tabs of this app, so that two tabs never continue one chain twice.

export const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());
