export async function open(section) {}
export async function update(parameters) {}
